/** Usage: node pipelines/src/print-services.ts. Prints the services, one a line, for scripts that go through them. */
import { services } from "@ratchet/contracts";

console.log(services.join("\n"));
