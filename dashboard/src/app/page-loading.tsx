import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';

export function PageLoading() {
  return (
    <Stack p="md" gap="md" maw="70rem" mx="auto" aria-busy>
      <VisuallyHidden role="status">Loading…</VisuallyHidden>
      <Skeleton height={40} />
      <Skeleton height={28} width="40%" />
      <Skeleton height={240} />
    </Stack>
  );
}
