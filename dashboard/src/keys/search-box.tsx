import { ActionIcon, Alert, Loader, TextInput } from '@mantine/core';
import { IconArrowRight, IconSearch } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { adminApi } from '../api/admin-api';
import { isApiError } from '../api/api-error';
import { SEARCH_INPUT_ID } from '../app/use-shortcuts';
import { explain } from '../common/error-state';
import { rememberPresented } from './presented';
import classes from './search-box.module.css';
import { shapeOf } from './search-shape';
import type { ListAddress } from './use-list-address';

const explainLookup = (error: unknown): string =>
  isApiError(error) && error.status === 404 ? 'No key has this token: it is unknown, forged, or its key was deleted.' : explain(error);

export function SearchBox({ address }: { address: ListAddress }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const lookUp = async (token: string) => {
    setBusy(true);
    try {
      const { id, presented } = await adminApi.lookUp(token);
      rememberPresented(id, presented);
      address.openKey(id);
    } catch (error) {
      setProblem(explainLookup(error));
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const search = shapeOf(text);
    setProblem(null);
    setText('');
    if (!search) return;
    if (search.by === 'token') void lookUp(search.value);
    else if (search.by === 'id') address.openKey(search.value);
    else address.setFilters({ ...address.filters, [search.by]: search.value });
  };

  return (
    <form role="search" className={classes.search} onSubmit={submit}>
      <TextInput
        id={SEARCH_INPUT_ID}
        type="search"
        aria-label="Search keys"
        placeholder="Subject, id, JTI, IP or a pasted token"
        autoComplete="off"
        spellCheck={false}
        aria-keyshortcuts="/"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        leftSection={busy ? <Loader size="xs" aria-label="Looking up" /> : <IconSearch size={17} aria-hidden />}
        rightSection={
          <ActionIcon type="submit" variant="subtle" color="gray" aria-label="Search">
            <IconArrowRight size={17} aria-hidden />
          </ActionIcon>
        }
      />
      {problem && (
        <Alert role="alert" color="red" variant="outline" mt="xs" withCloseButton closeButtonLabel="Dismiss" onClose={() => setProblem(null)}>
          {problem}
        </Alert>
      )}
    </form>
  );
}
