import type {
  LanguageModelV3Message,
  LanguageModelV3ReasoningPart,
  LanguageModelV3StreamPart,
  LanguageModelV3TextPart,
  SharedV3ProviderMetadata,
} from '@ai-sdk/provider';
import { toolCallPart } from './prompt.ts';
import { wellFormed } from './prompt-text.ts';

type AssistantMessage = Extract<LanguageModelV3Message, { role: 'assistant' }>;
type BlockPart = Extract<
  LanguageModelV3StreamPart,
  { type: `${'text' | 'reasoning'}-${'start' | 'delta' | 'end'}` }
>;
type Block = LanguageModelV3TextPart | LanguageModelV3ReasoningPart;

/**
 * One step's answer as its own model wants it back within the turn: with reasoning, and with the provider's signatures, which are kept nowhere else.
 */
export interface StepMessage {
  addBlock(part: BlockPart): void;
  addCall(
    call: { readonly toolCallId: string; readonly toolName: string; readonly input: unknown },
    metadata: SharedV3ProviderMetadata | undefined,
  ): void;
  /** For the model that wrote it. Undefined: there is nothing to say. */
  own(): AssistantMessage | undefined;
  /** For any other model: without reasoning and signatures. Undefined: there is nothing to say. */
  plain(): AssistantMessage | undefined;
}

export function createStepMessage(): StepMessage {
  const parts: AssistantMessage['content'] = [];
  const blocks = new Map<string, Block>();

  function block(kind: 'text' | 'reasoning', id: string): Block {
    const key = `${kind} ${id}`;
    const known = blocks.get(key);
    if (known !== undefined) return known;
    const made: Block = { type: kind, text: '' };
    blocks.set(key, made);
    parts.push(made);
    return made;
  }

  return {
    addBlock(part) {
      const kind = part.type.startsWith('text') ? 'text' : 'reasoning';
      const target = block(kind, part.id);
      if ('delta' in part) target.text += part.delta;
      // The latest word counts: signatures come with the last pieces.
      if (part.providerMetadata !== undefined) target.providerOptions = part.providerMetadata;
      if (part.type.endsWith('-end')) blocks.delete(`${kind} ${part.id}`);
    },
    addCall(call, metadata) {
      parts.push({ ...toolCallPart(call), ...(metadata === undefined ? {} : { providerOptions: metadata }) });
    },
    own: () =>
      assistant(
        parts.flatMap((part) => {
          if (part.type === 'text' && part.text.trim() === '') return [];
          return ['text' in part ? { ...part, text: wellFormed(part.text) } : part];
        }),
      ),
    plain: () =>
      assistant(
        parts.flatMap((part) => {
          if (part.type === 'reasoning' || (part.type === 'text' && part.text.trim() === '')) return [];
          const { providerOptions: _, ...plain } = part;
          return ['text' in plain ? { ...plain, text: wellFormed(plain.text) } : plain];
        }),
      ),
  };
}

function assistant(content: AssistantMessage['content']): AssistantMessage | undefined {
  return content.length === 0 ? undefined : { role: 'assistant', content };
}
