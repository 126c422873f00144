import { readFileSync } from 'node:fs';
import { createTestHost } from '@dispatch/extension-api/testing';
import { startScriptedModelServer } from '@dispatch/testkit';
import { describe, expect, it } from 'vitest';
import { anthropicProvider } from './anthropic-provider.ts';
import { apiRoot } from './api-root.ts';
import { extension } from './extension.ts';

const provider = anthropicProvider(() => 0);
const patient = () => AbortSignal.timeout(5000);

describe('the list of models', () => {
  it('is read over all pages and sorted', async () => {
    const server = await startScriptedModelServer({ models: ['c', 'a', 'e', 'b', 'd'], pageSize: 2 });
    const credential = { name: 'anthropic', apiKey: 'k', baseUrl: server.anthropicUrl };
    expect(await provider.listModels(credential, patient())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(server.requests.map((request) => request.headers['x-api-key'])).toEqual(['k', 'k', 'k']);
    await server.close();
  });

  it('is the list of the operator where there is one, without asking', async () => {
    const credential = { name: 'x', baseUrl: 'http://127.0.0.1:9', models: ['b', 'a', 'b'] };
    expect(await provider.listModels(credential, patient())).toEqual(['a', 'b']);
  });

  it('fails with a reason when the provider cannot be asked', async () => {
    const credential = { name: 'x', baseUrl: 'http://127.0.0.1:9' };
    const failure = await provider.listModels(credential, patient()).catch(provider.classify);
    expect(failure).toMatchObject({ code: 'provider-unavailable' });
  });
});

it('a base URL may or may not name the version', () => {
  const root = (baseUrl?: string) => apiRoot({ name: 'x', ...(baseUrl === undefined ? {} : { baseUrl }) });
  expect(root()).toBe('https://api.anthropic.com/v1');
  expect(root('https://proxy.example/anthropic')).toBe('https://proxy.example/anthropic/v1');
  expect(root('https://proxy.example/v1/')).toBe('https://proxy.example/v1');
});

it('adds exactly the provider it declares, under the version of its package', async () => {
  // The host refuses whatever the manifest does not declare.
  await createTestHost(extension).activate(extension);
  expect(extension.manifest.contributes).toEqual({ modelProviders: ['anthropic'] });
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(extension.manifest.version).toBe(own.version);
});
