import { expect, it } from 'vitest';
import type { Output } from '../output.ts';
import { createStyle } from '../style.ts';
import { welcome, welcomeText } from './welcome.ts';

const out = { style: createStyle(false), interactive: false } as Output;
const ready = (auth?: string) =>
  new Map<string, Readonly<Record<string, unknown>>>([
    ['kernel', { dataDirectory: '/my data' }],
    ['gateway', { host: '127.0.0.1', httpPort: 24203, wsPort: 24205, ...(auth && { auth }) }],
  ]);

it('shows what works at once where nobody is asked who they are', () => {
  const text = welcomeText(welcome(ready('local')), out);
  expect(text).toContain("curl -N http://127.0.0.1:24203/chat -d '{");
  expect(text).not.toContain('TOKEN');
  expect(welcomeText(welcome(ready()), out)).toBe(text);
});

it('shows how to get a token first where everybody is asked', () => {
  const text = welcomeText(welcome(ready('token')), out);
  expect(text).toContain(
    "export DISPATCH_TOKEN=$(./dispatch tokens create --data-dir '/my data' --user Owner --name laptop)\n  ./dispatch chat\n",
  );
  expect(text).toContain('-H "Authorization: Bearer $DISPATCH_TOKEN"');
});
