import { describe, expect, it } from 'vitest';
import { base, contracts, readText } from './repository.ts';

/** The names frontends import, as they have been in use since the base. */
const pinned = {
  wire: `Role TurnId StepId Chunk TextChunk ThinkingChunk ToolCallChunk ToolResultChunk ErrorChunk SystemChunk ChatMessage
    StoredChunk Usage StepMetrics TurnMetrics AgentEvent StatusEvent TurnStartEvent TurnInputEvent TurnTextDeltaEvent
    TurnReasoningDeltaEvent TurnToolCallEvent TurnToolResultEvent TurnToolOutputEvent TurnUsageEvent TurnStepCompleteEvent
    TurnErrorEvent TurnDoneEvent TurnSealedEvent`,
  'ui-contract': `Region ActionRef SurfaceOption SurfaceField ToggleField ProgressField SelectorField StatField NumberField
    ButtonField CustomField SurfaceSpec SurfaceCatalogEntry SurfaceCatalog SurfaceUpdate SurfaceClientMessage SubscribeMessage
    UnsubscribeMessage InvokeMessage SurfaceServerMessage CatalogMessage SurfaceMessage SurfaceUpdateMessage
    SurfaceErrorMessage`,
  'transport-contract': `ChatRequest ModelsResponse ConversationHistoryResponse ConversationMetricsResponse ThroughputPeriod
    ThroughputModelStat ThroughputResponse CwdResponse SetCwdRequest CloseConversationResponse LspServerState LspServerInfo
    LspStatusResponse WarmRequest WarmResponse ChatSendMessage ChatDeltaMessage ChatErrorMessage ChatSubscribeMessage
    ChatUnsubscribeMessage WsClientMessage WsServerMessage AgentEvent StepMetrics StoredChunk TurnMetrics`,
} as const;

const namesOf = (text: string) => text.split(/\s+/).sort();

/** Names a module gives out: its own declarations, and what stands in braces after `export`. */
function exportedNames(source: string): readonly string[] {
  const declared = [
    ...source.matchAll(/^export (?:declare )?(?:interface|type|const|function) ([A-Za-z_]+)/gm),
  ].map(([, name = '']) => name);
  const listed = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
  return [...declared, ...listed].sort();
}

describe('exported names', () => {
  it.each(contracts)('the frozen base of %s gives out exactly the pinned names', (name) => {
    const frozen = exportedNames(readText(`contracts/history/${name}/${base[name]}/index.d.ts`));
    expect(frozen.filter((exported) => !exported.endsWith('_VERSION'))).toEqual(namesOf(pinned[name]));
  });

  it.each(contracts)('%s still gives out every pinned name', (name) => {
    const current = new Set(exportedNames(readText(`packages/${name}/src/index.ts`)));
    expect(namesOf(pinned[name]).filter((exported) => !current.has(exported))).toEqual([]);
  });
});
