export {
  type CallOptions,
  callTool,
  type FailOptions,
  fail,
  finish,
  onTheWire,
  type ReplyPart,
  rawUsage,
  reply,
  say,
  think,
  usage,
  wait,
} from './build-reply.ts';
export {
  comment,
  endHere,
  endless,
  endlessRaw,
  failInBand,
  giantLine,
  malformedEvent,
  raw,
  refuse,
  resetHere,
  silence,
  stallHere,
} from './faults.ts';
export { type ModelFault, modelFaults } from './model-faults.ts';
export { type RecordedStream, recordStream } from './record-stream.ts';
export type { RecordedRequest, RequestEnd } from './recorded-request.ts';
export type { FailureWords, ModelFormat, Reply, ReplyStep, WireTreatment } from './reply.ts';
export type { ScriptedReply } from './script-book.ts';
export {
  type ScriptedModelServer,
  type ScriptedModelServerOptions,
  startScriptedModelServer,
} from './scripted-model-server.ts';
