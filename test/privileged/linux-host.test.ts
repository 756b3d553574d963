import { hostConformance } from "@freehold/agent-ports/conformance";

import { linuxSetup } from "./linux-setup.ts";

hostConformance("Linux", linuxSetup);
