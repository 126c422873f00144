/**
 * What a caller must be allowed to do. `public` nothing · `signed-in` anything at all, which every principal is · `chat:read` read conversations · `chat:write`
 * start, stop and change them · `metrics:read` read the figures of operation · `admin` manage people, tokens and the instance. `signed-in`, `metrics:read` and `admin` since
 * 0.13.0.
 *
 * @since 0.10.0
 */
export type Scope = 'public' | 'signed-in' | 'chat:read' | 'chat:write' | 'metrics:read' | 'admin';
