import { session } from './session';

/** The accounts of the demo shop. Its server prints the same ones at start; a production shop has none of them. */
export const DEMO_ROLES = ['customer', 'staff', 'admin'] as const;
export type DemoRole = (typeof DEMO_ROLES)[number];

const DEMO_PASSWORD = 'cartograph-demo';

export function demoEmail(role: DemoRole): string {
  return `${role}@example.com`;
}

export function signInAs(role: DemoRole): Promise<void> {
  return session.signIn(demoEmail(role), DEMO_PASSWORD);
}

export function isDemoRole(value: string): value is DemoRole {
  return DEMO_ROLES.some((role) => role === value);
}
