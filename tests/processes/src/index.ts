export type { Answering } from './answer-approvals.ts';
export { answerApprovals } from './answer-approvals.ts';
export type { CountingSocketOptions } from './counting-socket.ts';
export { CountingSocket } from './counting-socket.ts';
export type { CuttableLine } from './cuttable-line.ts';
export { startCuttableLine } from './cuttable-line.ts';
export { createDataDirectory } from './data-directory.ts';
export type { DispatchOptions, DispatchProcesses } from './dispatch-processes.ts';
export { startDispatch } from './dispatch-processes.ts';
export { eventually } from './eventually.ts';
export type { Frame, FrameSocket } from './frame-socket.ts';
export { openSocket } from './frame-socket.ts';
export { freePort } from './free-port.ts';
export type { Answer, StreamedChat, TimedEvent } from './http.ts';
export { request, streamChat } from './http.ts';
export type { ManagedProcess } from './managed-process.ts';
export { appEntry, startProcess } from './managed-process.ts';
export type {
  MeddledAnswer,
  MeddledRequest,
  MeddledSocket,
  Meddling,
  MeddlingProxy,
} from './meddling-proxy.ts';
export { startMeddlingProxy } from './meddling-proxy.ts';
export { processRuns } from './process-runs.ts';
export type { CliRun } from './run-cli.ts';
export { runCli } from './run-cli.ts';
