/**
 * What a caller must be allowed to do. `public` nothing · `chat:read` read conversations · `chat:write` start, stop and change them.
 *
 * @since 0.10.0
 */
export type Scope = 'public' | 'chat:read' | 'chat:write';
