export { checkoutTests as default } from '../../vitest.base.ts';
