import { quoted } from '../doctor/finding.ts';
import type { Output } from '../output.ts';

/** Where what was started can be found. */
export interface Welcome {
  /** HTTP, and WebSocket on any path. */
  readonly url: string;
  /** WebSocket only. */
  readonly wsUrl: string;
  /** Absolute path. */
  readonly dataDir: string;
  /** True: everybody has to show who they are. */
  readonly asksWho: boolean;
}

type Messages = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** From what the processes say when they are ready: the file may have decided otherwise than flags and environment. */
export function welcome(messages: Messages): Welcome {
  const { host, httpPort, wsPort, auth = 'local' } = messages.get('gateway') ?? {};
  const { dataDirectory } = messages.get('kernel') ?? {};
  // An IPv6 address stands in brackets.
  const name = String(host).includes(':') ? `[${host}]` : `${host}`;
  return {
    url: `http://${name}:${httpPort}`,
    wsUrl: `ws://${name}:${wsPort}`,
    dataDir: `${dataDirectory}`,
    asksWho: auth !== 'local',
  };
}

/** What a person wants to know next. Plain lines where nobody looks. */
export function welcomeText(
  { url, wsUrl, dataDir, asksWho }: Welcome,
  { style, interactive }: Output,
): string {
  const token = `./dispatch tokens create --data-dir ${quoted(dataDir)} --user Owner --name laptop`;
  const shown = asksWho ? ' -H "Authorization: Bearer $DISPATCH_TOKEN"' : '';
  const lines = [
    `${style.green('●')} ${style.bold('Dispatch is running')}`,
    '',
    `  address   ${style.cyan(url)}`,
    `  socket    ${wsUrl}`,
    `  data      ${dataDir}`,
    '',
    'Try:',
    ...(asksWho ? [`  export DISPATCH_TOKEN=$(${token})`] : []),
    `  ./dispatch chat${url === 'http://127.0.0.1:24203' ? '' : ` --url ${url}`}`,
    `  curl -N ${url}/chat${shown} -d '{"message":"Hello"}'`,
    '',
    style.dim('Ctrl-C stops it.'),
  ];
  const printed = interactive ? ['', ...lines, ''] : lines.map((line) => line.replace(/^● /, ''));
  return `${printed.join('\n')}\n`;
}
