import type { ModelCalls } from '@dispatch/extension-api';

/** Model calls that are not there yet: models come from extensions, which may ask for them only once all are activated. */
export interface LateModelCalls extends ModelCalls {
  begin(calls: ModelCalls): void;
}

export function lateModelCalls(): LateModelCalls {
  let calls: ModelCalls | undefined;
  const now = (): ModelCalls => {
    if (calls === undefined) throw new Error('models can be asked once every extension is activated');
    return calls;
  };
  return {
    begin(real) {
      calls = real;
    },
    warm: async (call) => now().warm(call),
    source: (model) => now().source(model),
    modelOf: async (conversationId) => now().modelOf(conversationId),
  };
}
