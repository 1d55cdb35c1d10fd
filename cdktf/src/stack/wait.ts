import type { Construct } from "constructs";
import { TerraformProvider, TerraformResource } from "./azurerm.ts";

/** The `time` provider, of which one resource is used: cdktf has no prebuilt package for it, and one needs none. */
const metadata = { providerName: "time", providerVersion: "0.13.1", providerVersionConstraint: "~> 0.13" } as const;

export class TimeProvider extends TerraformProvider {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      terraformResourceType: "time",
      terraformGeneratorMetadata: metadata,
      terraformProviderSource: "hashicorp/time",
    });
  }

  protected override synthesizeAttributes() {
    return {};
  }
}

/** Lets time pass between what has been made and what is to be made next; no more than that, and only once. */
export class Wait extends TerraformResource {
  readonly #duration: string;

  constructor(scope: Construct, id: string, { after, duration }: { after: TerraformResource[]; duration: string }) {
    super(scope, id, {
      terraformResourceType: "time_sleep",
      terraformGeneratorMetadata: metadata,
      dependsOn: after,
    });
    this.#duration = duration;
  }

  protected override synthesizeAttributes() {
    return { create_duration: this.#duration };
  }
}
