import type { Route } from './routes.ts';

type ApprovalRouteName = 'approvals' | 'answerApproval' | 'grants' | 'revokeGrant';

/** The rows of the route table about tool calls that ask first. */
export const APPROVAL_ROUTES: { readonly [Name in ApprovalRouteName]: Route<Name> } = {
  approvals: {
    name: 'approvals',
    method: 'GET',
    path: '/approvals',
    scope: 'chat:read',
    since: '0.14.0',
    summary: 'Tool calls that wait for an answer one may give.',
    response: 'ApprovalsResponse',
  },
  answerApproval: {
    name: 'answerApproval',
    method: 'POST',
    path: '/approvals/:approvalId',
    scope: 'chat:write',
    since: '0.14.0',
    summary: 'Allow or deny one of them. The first answer counts.',
    request: 'AnswerApprovalRequest',
    response: 'AnswerApprovalResponse',
  },
  grants: {
    name: 'grants',
    method: 'GET',
    path: '/conversations/:id/grants',
    scope: 'chat:read',
    since: '0.14.0',
    summary: 'Which tool calls are allowed in the conversation without asking.',
    response: 'GrantsResponse',
  },
  revokeGrant: {
    name: 'revokeGrant',
    method: 'DELETE',
    path: '/conversations/:id/grants/:grantId',
    scope: 'chat:write',
    since: '0.14.0',
    summary: 'Ask again for what one of them allowed.',
    response: 'RevokedResponse',
  },
};
