import { type InvokeSurfaceAnswer, type InvokeSurfaceBody, surfaceTopic, type Topic } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { SurfaceCatalog, SurfaceSpec } from '@dispatch/ui-contract';

/** A state of a surface on its way, with its age. */
export interface FakeState {
  readonly topic: Topic;
  readonly frame: WsServerMessage;
  readonly mark: number;
}

/** The surfaces of the fake kernel: a number each, which an action raises. */
export class FakeSurfaces {
  catalog: SurfaceCatalog = [];
  /** Bodies of the actions it was asked for. */
  readonly invoked: InvokeSurfaceBody[] = [];
  /** Answers an action before it is carried out; the default carries it out. */
  onInvoke: (body: InvokeSurfaceBody) => InvokeSurfaceAnswer | undefined = () => undefined;
  #count = 0;
  #mark = 0;

  add(id: string, scope: 'global' | 'conversation'): void {
    this.catalog = [...this.catalog, { id, region: 'side', title: id, scope }];
  }

  spec(id: string): SurfaceSpec {
    const fields = [{ kind: 'stat', label: 'Count', value: String(this.#count) }] as const;
    return { id, region: 'side', title: id, fields };
  }

  /** Undefined: there is no such surface. */
  state(id: string, conversationId: string | undefined, type: 'surface' | 'update'): FakeState | undefined {
    const entry = this.catalog.find((one) => one.id === id);
    if (entry === undefined) return undefined;
    const focus = entry.scope === 'global' || conversationId === undefined ? {} : { conversationId };
    this.#mark += 1;
    const spec = this.spec(id);
    const frame: WsServerMessage =
      type === 'surface' ? { type, spec, ...focus } : { type, update: { surfaceId: id, spec, ...focus } };
    return { topic: surfaceTopic({ surfaceId: id, ...focus }), frame, mark: this.#mark };
  }

  /** Shows something else from now on. */
  raise(): void {
    this.#count += 1;
  }

  /** What an action comes to, and the update it makes. */
  invoke(body: InvokeSurfaceBody): { readonly answer: InvokeSurfaceAnswer; readonly update?: FakeState } {
    this.invoked.push(body);
    const answer = this.onInvoke(body);
    if (answer !== undefined) return { answer };
    this.raise();
    const update = this.state(body.surfaceId, body.conversationId, 'update');
    if (update === undefined) {
      const message = 'there is no surface of this id';
      return { answer: { outcome: 'refused', code: 'unknown-surface', message } };
    }
    const { mark } = update;
    const state = body.wantsState ? { state: { spec: this.spec(body.surfaceId), mark } } : {};
    return { answer: { outcome: 'done', mark, ...state }, update };
  }
}
