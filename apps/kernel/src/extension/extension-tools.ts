import { type Tool, TURN_TOOLS, type TurnToolsContext } from '@dispatch/extension-api';
import type { Tools } from '../ports.ts';
import type { FilterBus } from './filter-bus.ts';

/** The tools of all extensions as they are now, and as a conversation is offered them. `tools` is read at each use. */
export function extensionTools(
  tools: ReadonlyMap<string, Tool>,
  filters: Pick<FilterBus, 'has' | 'apply'>,
): Tools {
  const all: Tools = {
    get all() {
      return [...tools.values()];
    },
    byName: (name) => tools.get(name),
    async offeredTo(context: TurnToolsContext) {
      if (!filters.has(TURN_TOOLS.id)) return all;
      const names = await filters.apply(TURN_TOOLS, [...tools.keys()], context);
      const wanted = new Set(Array.isArray(names) ? names : []);
      return offered([...tools.values()].filter(({ name }) => wanted.has(name)));
    },
  };
  return all;
}

function offered(all: readonly Tool[]): Tools {
  const byName = new Map(all.map((tool) => [tool.name, tool]));
  const tools: Tools = { all, byName: (name) => byName.get(name), offeredTo: async () => tools };
  return tools;
}
