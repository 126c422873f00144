import { readFileSync } from 'node:fs';
import { createTestHost } from '@dispatch/extension-api/testing';
import { startScriptedModelServer } from '@dispatch/testkit';
import { describe, expect, it } from 'vitest';
import { apiRoot } from './api-root.ts';
import { extension } from './extension.ts';
import { openaiCompatibleProvider } from './openai-compatible-provider.ts';

const provider = openaiCompatibleProvider(() => 0);
const patient = () => AbortSignal.timeout(5000);

describe('the list of models', () => {
  it('is what the server tells, sorted', async () => {
    const server = await startScriptedModelServer({ models: ['c', 'a', 'e', 'b', 'd'] });
    const credential = { name: 'openai', apiKey: 'k', baseUrl: server.openaiUrl };
    expect(await provider.listModels(credential, patient())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(server.requests.map((request) => request.headers.authorization)).toEqual(['Bearer k']);
    await server.close();
  });

  it('is the list of the operator where there is one, without asking', async () => {
    const credential = { name: 'x', baseUrl: 'http://127.0.0.1:9', models: ['b', 'a', 'b'] };
    expect(await provider.listModels(credential, patient())).toEqual(['a', 'b']);
  });

  it('is asked for without a key where there is none', async () => {
    const server = await startScriptedModelServer({ models: ['a'] });
    await provider.listModels({ name: 'x', baseUrl: server.url }, patient());
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    await server.close();
  });

  it('fails with a reason when the provider cannot be asked', async () => {
    const credential = { name: 'x', baseUrl: 'http://127.0.0.1:9' };
    const failure = await provider.listModels(credential, patient()).catch(provider.classify);
    expect(failure).toMatchObject({ code: 'provider-unavailable' });
  });
});

it('a base URL without a path means the usual one', () => {
  const root = (baseUrl?: string) => apiRoot({ name: 'x', ...(baseUrl === undefined ? {} : { baseUrl }) });
  expect(root()).toBe('https://api.openai.com/v1');
  expect(root('http://127.0.0.1:11434')).toBe('http://127.0.0.1:11434/v1');
  expect(root('https://openrouter.ai/api/v1/')).toBe('https://openrouter.ai/api/v1');
});

it('adds exactly the provider it declares, under the version of its package', async () => {
  // The host refuses whatever the manifest does not declare.
  await createTestHost(extension).activate(extension);
  expect(extension.manifest.contributes).toEqual({ modelProviders: ['openai-compatible'] });
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(extension.manifest.version).toBe(own.version);
});
