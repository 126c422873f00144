import type { PlantedBug } from '../harness.ts';

const envelope = 'packages/link/src/envelope.ts';
const eventsServer = 'apps/kernel/src/link/events-server.ts';

/** Mistakes that must not get past the attacks on the link. */
export const linkBugs: readonly PlantedBug[] = [
  {
    mistake: 'each part of a header is put at its start',
    file: envelope,
    find: 'this.#header.set(bytes.subarray(at, at + taken), this.#headerFilled);',
    replace: 'this.#header.set(bytes.subarray(at, at + taken), 0);',
  },
  {
    mistake: 'memory is taken for what is only announced',
    file: envelope,
    find: '        );\n      }\n    }\n    return taken;',
    replace:
      '        );\n      }\n      this.#body = Buffer.alloc(this.#bodyLength);\n    }\n    return taken;',
  },
  {
    mistake: 'a gateway that breaks the protocol ends the kernel',
    file: eventsServer,
    find: "      drop(error instanceof EnvelopeError ? error.code : 'an error of ours');",
    replace: '      throw error;',
  },
  {
    mistake: 'the secret of a link is not looked at',
    file: eventsServer,
    find: "      if (!isSameSecret(frame.secret, secret)) return 'wrong secret';\n",
    replace: '',
  },
  {
    mistake: 'a gateway may leave anything unread',
    file: 'apps/kernel/src/link/socket-outlet.ts',
    find: 'export const UNSENT_CAP_BYTES = 8 * 1024 * 1024;',
    replace: 'export const UNSENT_CAP_BYTES = 8 * 1024 * 1024 * 1024;',
  },
  {
    mistake: 'a kernel that breaks the protocol ends the gateway',
    file: 'apps/gateway/src/link/kernel-link.ts',
    find: "      this.drop(error instanceof EnvelopeError ? error.message : 'an error of ours');",
    replace: '      throw error;',
  },
];
