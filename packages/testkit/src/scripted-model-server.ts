import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropicError, openaiError } from './error-body.ts';
import { modelList } from './model-list.ts';
import { playActions } from './play-actions.ts';
import { fieldOf, OpenRequest, type RecordedRequest } from './recorded-request.ts';
import type { FailureWords, ModelFormat, Reply } from './reply.ts';
import { ScriptBook, type ScriptedReply } from './script-book.ts';
import { streamActions } from './stream-actions.ts';
import { wholeAnswer } from './whole-answer.ts';

/** How the server differs from its defaults. */
export interface ScriptedModelServerOptions {
  /** Models that `GET /v1/models` lists. Absent: those that are scripted when asked. */
  readonly models?: readonly string[];
  /** Most models on one page of the Anthropic list. Absent: 1000. */
  readonly pageSize?: number;
}

/** A model provider that says what a test wrote down. */
export interface ScriptedModelServer {
  /** Root address, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Base URL for clients of the Anthropic format. */
  readonly anthropicUrl: string;
  /** Base URL for clients of the OpenAI format, with `/v1`. */
  readonly openaiUrl: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** How many connections were opened so far; fewer than requests when they are used again. */
  readonly connections: number;
  /** Queues replies for the next requests to `model` (`*`: to any model without a queue of its own). */
  script(model: string, ...replies: readonly ScriptedReply[]): void;
  /** What requests to `model` (`*`: to any) get while nothing is queued. */
  always(model: string, reply: ScriptedReply): void;
  /** Forgets scripts and requests; open connections stay. */
  reset(): void;
  /** Breaks all connections and stops listening. */
  close(): Promise<void>;
}

/** Starts a scripted model server on 127.0.0.1 at a free port. */
export async function startScriptedModelServer(
  options: ScriptedModelServerOptions = {},
): Promise<ScriptedModelServer> {
  const book = new ScriptBook();
  const requests: OpenRequest[] = [];
  let count = 0;

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(incoming);
    const path = incoming.url ?? '/';
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    const format = formatOf(pathname, incoming);
    const method = incoming.method ?? 'GET';
    const request = new OpenRequest({ number: count, method, path, format, headers: incoming.headers, body });
    count += 1;
    requests.push(request);
    response.once('close', () => request.close(response.writableFinished ? 'by-server' : 'by-peer'));

    const route = `${method} ${pathname}`;
    if (route === 'GET /v1/models') {
      const list = modelList(format, options.models ?? book.models(), searchParams, options.pageSize ?? 1000);
      sendJson(response, 200, list);
    } else if (route === 'POST /v1/messages' || route === 'POST /v1/chat/completions') {
      await sendReply(await book.take(request), request, response);
    } else {
      sendJson(response, 404, errorBody(format, 404, { message: 'No such route.' }));
    }
  };

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const message = error instanceof Error ? error.message : 'The script failed.';
      sendJson(response, 500, errorBody('openai', 500, { message }));
    });
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    anthropicUrl: url,
    openaiUrl: `${url}/v1`,
    requests,
    get connections() {
      return connections;
    },
    script: (model, ...replies) => book.queue(model, replies),
    always: (model, reply) => book.always(model, reply),
    reset: () => {
      book.clear();
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Both formats list their models at the same path; only Anthropic's clients name a version of the API. */
function formatOf(pathname: string, incoming: IncomingMessage): ModelFormat {
  if (pathname === '/v1/messages') return 'anthropic';
  return 'anthropic-version' in incoming.headers ? 'anthropic' : 'openai';
}

async function sendReply(reply: Reply, request: OpenRequest, response: ServerResponse): Promise<void> {
  const { format, body } = request;
  switch (reply.kind) {
    case 'refuse':
      request.close('by-server');
      response.socket?.destroy();
      return;
    case 'silence':
      return;
    case 'failure': {
      const text = reply.body ?? JSON.stringify(errorBody(format, reply.status, reply.words));
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(text);
      return;
    }
    case 'answer': {
      const prompt = [fieldOf(body, 'system'), fieldOf(body, 'messages'), fieldOf(body, 'tools')];
      const context = {
        format,
        model: request.model,
        promptLength: JSON.stringify(prompt).length,
        includeUsage: fieldOf(fieldOf(body, 'stream_options'), 'include_usage') === true,
      };
      if (!request.stream) return sendJson(response, 200, wholeAnswer(reply.steps, context));
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.flushHeaders();
      await playActions(streamActions(reply, context), response, request);
    }
  }
}

function errorBody(format: ModelFormat, status: number, words: FailureWords): object {
  return format === 'anthropic' ? anthropicError(status, words) : openaiError(status, words);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readBody(incoming: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
