import type { ModelProvider } from './model-provider.ts';
import type { Tool } from './tool.ts';

/** What the kernel offers to an extension while it activates. */
export interface ExtensionHost {
  /** Makes models available. Throws when the id is taken or not listed in `contributes.modelProviders`. */
  addModelProvider(provider: ModelProvider): void;
  /** Makes a tool available to every turn. Throws when the name is taken or not listed in `contributes.tools`. */
  addTool(tool: Tool): void;
}
