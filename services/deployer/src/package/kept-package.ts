import { paths } from "@ratchet/contracts";
import { readExact, type Stores } from "../stores.ts";
import { openPackage, type Package } from "./package.ts";

/**
 * A package that was published before, as it was.
 * @throws {MissingFileError} when it is not there, or is another.
 */
export const readKeptPackage = async (stores: Stores, sha256: string): Promise<Package> =>
  openPackage(await readExact(stores, { container: "packages", path: paths.package(sha256), sha256 }));
