import { Button } from '@graphiql/react';
import { type FormEvent, useState, useSyncExternalStore } from 'react';
import { DEMO_ROLES, demoEmail, signInAs } from './demo-accounts';
import { session } from './session';

/** Signs in and out in the top bar. The fetcher may do so too, so what is shown follows the session. */
export function LogInBox() {
  const current = useSyncExternalStore(session.subscribe, () => session.current);
  const notice = useSyncExternalStore(session.subscribe, () => session.notice);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');

  async function run(action: () => Promise<void>) {
    setBusy(true);
    setFailure('');
    try {
      await action();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <section className="log-in" aria-label="Account" aria-busy={isBusy}>
      {current ? (
        <div className="log-in-who" role="status">
          Signed in as <strong>{current.user.email}</strong>
          {current.user.roles.map((role) => (
            <span key={role} className="badge">
              {role.toLowerCase()}
            </span>
          ))}
          <Button type="button" disabled={isBusy} onClick={() => run(() => session.signOut())}>
            Sign out
          </Button>
        </div>
      ) : (
        <LogInForm isBusy={isBusy} onSubmit={(email, password) => run(() => session.signIn(email, password))} />
      )}
      <div className="log-in-demo" role="group" aria-label="Demo accounts">
        <span aria-hidden="true">Demo:</span>
        {DEMO_ROLES.map((role) => (
          <Button
            key={role}
            type="button"
            disabled={isBusy}
            title={`Sign in as ${demoEmail(role)}`}
            aria-label={`Sign in as ${demoEmail(role)}`}
            aria-pressed={current?.user.email === demoEmail(role)}
            onClick={() => run(() => signInAs(role))}
          >
            {role}
          </Button>
        ))}
      </div>
      {(failure || notice) && (
        <p className="log-in-failure" role="alert">
          {failure || notice}
        </p>
      )}
    </section>
  );
}

interface LogInFormProps {
  isBusy: boolean;
  onSubmit(email: string, password: string): void;
}

function LogInForm({ isBusy, onSubmit }: LogInFormProps) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit(String(form.get('email')), String(form.get('password')));
  }

  return (
    <form className="log-in-form" onSubmit={submit}>
      <input name="email" type="email" required aria-label="E-mail" placeholder="E-mail" autoComplete="username" />
      <input
        name="password"
        type="password"
        required
        aria-label="Password"
        placeholder="Password"
        autoComplete="current-password"
      />
      <Button type="submit" disabled={isBusy}>
        Sign in
      </Button>
    </form>
  );
}
