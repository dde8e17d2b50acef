// What is photographed: the address, and how one knows that it stands there whole.

const settled = (page) => page.waitForLoadState('networkidle');
const heading = (name) => async (page) => {
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await settled(page);
};
const grid = (name) => (page) => page.getByRole('grid', { name }).getByRole('row').nth(1).waitFor();

/** Opens the first host whose container engine is not the one that is known: its chain breaks in the middle. */
const brokenHost = async (page) => {
  await page.getByRole('grid').getByRole('link').first().click();
  await page.getByRole('region', { name: /broke trust/ }).waitFor();
};
const tabOf = (name) => async (page) => {
  await brokenHost(page);
  await page.getByRole('tab', { name }).click();
  await page.getByRole('tabpanel', { name }).waitFor();
  await settled(page);
};
const BROKEN = '#/hosts?link=container-engine';

export const SCREENS = [
  { name: 'overview', at: '#/overview', ready: heading(/hardware root/) },
  { name: 'posture', at: '#/posture', ready: heading(/./) },
  { name: 'hosts', at: '#/hosts', ready: grid('Hosts') },
  { name: 'host', at: BROKEN, ready: brokenHost },
  { name: 'host-boot-events', at: BROKEN, ready: tabOf('Boot events') },
  { name: 'host-runtime', at: BROKEN, ready: tabOf('Runtime') },
  { name: 'host-bytes', at: BROKEN, ready: tabOf('Bytes') },
  { name: 'host-history', at: BROKEN, ready: tabOf('History') },
  { name: 'host-identity', at: BROKEN, ready: tabOf('Identity') },
  {
    name: 'difference',
    at: BROKEN,
    ready: async (page) => {
      await brokenHost(page);
      await page
        .getByRole('link', { name: /[Dd]ifference|What changed/ })
        .first()
        .click();
      await page.getByText('Comparing…').waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Unfold everything' }).waitFor();
    },
  },
  {
    name: 'map',
    at: '#/map',
    ready: (page) =>
      page
        .getByRole('region', { name: /^World map/ })
        .getByRole('link')
        .first()
        .waitFor(),
  },
  {
    name: 'findings',
    at: '#/findings?finding=1',
    ready: (page) => page.getByRole('complementary', { name: 'The opened finding' }).getByRole('heading', { level: 2 }).waitFor(),
  },
  { name: 'policy', at: '#/policy', ready: (page) => page.getByRole('textbox', { name: /YAML/ }).waitFor() },
  { name: 'references', at: '#/references', ready: heading('Reference values') },
  { name: 'record', at: '#/record', ready: grid(/Entries/) },
  {
    name: 'record-proof',
    at: '#/record?tab=proof',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Rotate the key…' }).waitFor();
      await settled(page);
    },
  },
  { name: 'exports', at: '#/record?tab=exports', ready: (page) => page.getByRole('table', { name: /Exports that are kept/ }).waitFor() },
  { name: 'reports', at: '#/reports', ready: (page) => page.getByRole('table', { name: /Reports/ }).waitFor() },
  {
    name: 'report-items',
    at: '#/reports',
    ready: async (page) => {
      await page.getByRole('link', { name: /^Items of/ }).click();
      await page.getByRole('grid', { name: /Items/ }).waitFor();
    },
  },
  { name: 'endpoints', at: '#/endpoints', ready: heading('Endpoints') },
  { name: 'jobs', at: '#/jobs', ready: heading('Jobs') },
  { name: 'settings', at: '#/settings', ready: heading('Settings') },
  {
    name: 'palette',
    at: '#/overview',
    ready: async (page) => {
      await heading(/hardware root/)(page);
      await page.keyboard.press('Control+k');
      await page.keyboard.type('tr');
      await page.getByRole('option').first().waitFor();
    },
  },
];
