/** The audience of Resource Manager tokens, wherever Resource Manager itself is. */
export const managementScope = "https://management.azure.com/.default";
