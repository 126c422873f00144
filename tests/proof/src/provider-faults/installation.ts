import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptedModelServer } from '@dispatch/testkit';
import {
  createDataDirectory,
  type DispatchProcesses,
  freePort,
  startDispatch,
} from '@dispatch/tests-processes';
import { type Line, openLine } from './line.ts';
import type { Scene } from './suffer.ts';

/** A running Dispatch whose models are scripted, and the lines to it. */
export interface Installation extends Scene {
  stop(): Promise<void>;
}

/** Starts one with these turn limits. Beside the scripted models it knows some at addresses where nobody listens. */
export async function startInstallation(
  server: ScriptedModelServer,
  turnLimits: Readonly<Record<string, number>>,
): Promise<Installation> {
  const data = createDataDirectory();
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const apiKey = 'key-that-must-not-leak';
  const at = (name: string, provider: string, baseUrl: string) => ({ name, provider, baseUrl, apiKey });
  const config = {
    credentials: [
      at('anthropic', 'anthropic', server.anthropicUrl),
      at('openai', 'openai-compatible', server.openaiUrl),
      at('gone-anthropic', 'anthropic', nobody),
      at('gone-openai', 'openai-compatible', nobody),
    ],
    turnLimits,
  };
  writeFileSync(join(data.path, 'dispatch.config.json'), JSON.stringify(config));
  let dispatch: DispatchProcesses | undefined;
  const lines: Line[] = [];
  const stop = async () => {
    for (const line of lines) line.close();
    await dispatch?.stop();
    data.remove();
  };
  try {
    dispatch = await startDispatch({ dataDir: data.path });
    lines.push(await openLine(dispatch.wsUrl), await openLine(dispatch.wsUrl));
  } catch (error) {
    await stop();
    throw error;
  }
  const [live, late] = lines as [Line, Line];
  return { server, dispatch, live, late, stop };
}
