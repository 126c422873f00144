import { hostile } from './hostile.mjs';

export const extension = hostile['outdated'];
