import { announce } from './announcements';
import { explain } from './error-state';
import { formatNumber } from './format';

/** The browser cannot send the Bearer token on a link: fetch, then save. */
export async function saveCsv(name: string, fetchCsv: () => Promise<Response>): Promise<void> {
  announce('Preparing the CSV file…');
  try {
    const response = await fetchCsv();
    const url = URL.createObjectURL(await response.blob());
    const fileName = `${name}-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}.csv`;
    saveAs(url, fileName);
    const limit = Number(response.headers.get('x-row-limit'));
    announce(`Saved ${fileName}.${limit ? ` One file holds at most ${formatNumber(limit)} rows.` : ''}`);
  } catch (error) {
    announce(`The CSV file could not be saved. ${explain(error)}`);
  }
}

function saveAs(url: string, fileName: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
