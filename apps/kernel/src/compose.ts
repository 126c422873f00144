import { extension as cacheWarming } from '@dispatch/cache-warming';
import type { Extension } from '@dispatch/extension-api';
import { extension as loadedExtensions } from '@dispatch/loaded-extensions';
import { extension as messageQueue } from '@dispatch/message-queue';
import { extension as providerAnthropic } from '@dispatch/provider-anthropic';
import { extension as providerDemo } from '@dispatch/provider-demo';
import { extension as providerOpenaiCompatible } from '@dispatch/provider-openai-compatible';
import { extension as toolClock } from '@dispatch/tool-clock';
import { extension as toolFiles } from '@dispatch/tool-files';
import { extension as toolShell } from '@dispatch/tool-shell';
import type { Credential } from './model/model-catalogue.ts';

/** The extensions that ship with the kernel, in the order in which they are activated. */
export function bundledExtensions(): readonly Extension[] {
  return [
    providerAnthropic,
    providerOpenaiCompatible,
    providerDemo,
    toolClock,
    toolFiles,
    toolShell,
    loadedExtensions,
    cacheWarming,
    messageQueue,
  ];
}

/** The credential that needs no key and no network. Left out when the operator switches the demo models off. */
export const DEMO_CREDENTIAL: Credential = { name: 'demo', provider: 'demo' };
