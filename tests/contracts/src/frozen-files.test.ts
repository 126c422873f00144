import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { base, filesBelow, readText } from './repository.ts';

/** sha256 of what was released. Frozen files are added, never edited: a changed hash here is a mistake. */
const released: Readonly<Record<string, string>> = {
  'collab-contract/0.1.0/fixtures.json': '1b64ab55c156119e438ae5d38932184d4d913c9f6113a5213afcb69b5a2f8b86',
  'collab-contract/0.1.0/index.d.ts': 'ad805c190f89c16d5a724757b586b79fb9af153e7273470ce1233193f99a36d5',
  'collab-contract/0.2.0/fixtures.json': 'db5adc38d062744e2497e3f81d54d3e45421361ae6fec511a7891d0478d94f1f',
  'collab-contract/0.2.0/index.d.ts': 'eb0b5ef30d5d680e3db29c2c65cb3b92ff89b87583ae2e3c90840f062e784ede',
  'collab-contract/0.2.1/fixtures.json': 'db5adc38d062744e2497e3f81d54d3e45421361ae6fec511a7891d0478d94f1f',
  'collab-contract/0.2.1/index.d.ts': 'd4add695b403f09c56ce50dad42a04c1386283403db85730679f9cf22341330a',
  'surface-cache-warming/0.1.0/fixtures.json':
    'c0a54b357777cc95a651539ae5014250070780ca4ef403b0f87a67ed8827aee8',
  'surface-cache-warming/0.1.0/index.d.ts':
    '3ef1605d2d82a7ebf06112ed17017266e941ee6c9ebf2e4ee3312eec6d052380',
  'surface-loaded-extensions/0.1.0/fixtures.json':
    'f2ed84d8a7c7aeb8399febf3026be36bbb06c7d3c7558bc9f8192cb3e6b840de',
  'surface-loaded-extensions/0.1.0/index.d.ts':
    'c40f292f3a6d961aea7f7adb60a3d5200845d46b19daa0473e29d8f0e27c948a',
  'surface-message-queue/0.1.0/fixtures.json':
    'd24f60f079400a8b2052166f852fd28a920f7f9d2fbb561cecca20a0324ef162',
  'surface-message-queue/0.1.0/index.d.ts':
    'e253c0fa38352df48fbb43abf3220fcb6f31758428ea0ecd4cca9fc679cec8bd',
  'transport-contract/0.10.0/fixtures.json':
    '02dd83d3b53264576d1ba8c578d65faa9f01fded21c9a707cb90a2ac7423f962',
  'transport-contract/0.10.0/index.d.ts': '8f0e68d8e21fbf1597fc7ebf38e0bc1e7ad3949d97fd70164b5d39621ab51eda',
  'transport-contract/0.11.0/fixtures.json':
    '02dd83d3b53264576d1ba8c578d65faa9f01fded21c9a707cb90a2ac7423f962',
  'transport-contract/0.11.0/index.d.ts': 'c214e7381df879a769bb87ed94491b6fbd86f15b95cce035d51bbb7a0cd65695',
  'transport-contract/0.12.0/fixtures.json':
    '02dd83d3b53264576d1ba8c578d65faa9f01fded21c9a707cb90a2ac7423f962',
  'transport-contract/0.12.0/index.d.ts': '1582e5e06da34165d0a707124d944c624a520ab3b35e1fc0cbd9731432fba31e',
  'transport-contract/0.13.0/fixtures.json':
    '4368d80f1ff84db762d9885e5be03c902a408756eb6659839e903552a012109b',
  'transport-contract/0.13.0/index.d.ts': 'a1d8790ea1581413d923ce607517f1f7aa2a7f09fb4ff2bbe86cc0eb77eecc27',
  'transport-contract/0.14.0/fixtures.json':
    '4b60b5cd5bde1534c2a2a5b5f0a55a193876a384083af389cf6cbcfb378cbfb8',
  'transport-contract/0.14.0/index.d.ts': 'ed37b4f8c4ea7b7aa7a4eee4db288d9056beaed441f96b2f2a68a0dff2aa6e43',
  'transport-contract/0.9.0/fixtures.json':
    '883565b10305e674ed54fa7b1b8cd07631282a9191dd10d421dcfcda34241557',
  'transport-contract/0.9.0/index.d.ts': 'f5b75c7c1a4344401b29f9ccae993fa20b16df1a2e16935c3c04b722fc2d0efd',
  'ui-contract/0.2.0/fixtures.json': 'a4ee462655738251708bb14ec01815bd21726004d1bfde130d136b410d183551',
  'ui-contract/0.2.0/index.d.ts': '3b224dc5f87987f99fe6fbcc6c40ea3129c058de63883366deaf1548e44e9c68',
  'ui-contract/0.3.0/fixtures.json': '6f2b5f9ecb6e8b28978c189d709080e6da412f05a2c44cff54649d6f957eabf5',
  'ui-contract/0.3.0/index.d.ts': '5461795ae1d416486f89b60f46dfa930aa8702e8c71f4505204ed68cd25cbcf3',
  'wire/0.6.0/fixtures.json': '9496506a1f01a85f05f0f6c68dbc7f428466ece4b82181a7123b7b83f66f879f',
  'wire/0.6.0/index.d.ts': '7aef97f2ad6b899846cd1ac42a1520928d92ea86cd5a0c1df3807d59642f5ef3',
  'wire/0.7.0/fixtures.json': 'ab3c6c02ad3e4dbb705b8cc1fde5d1764bfc7c0a2a5970de46d61d52d271957f',
  'wire/0.7.0/index.d.ts': '79bec82f6933a16ddf117687a1c8dca0def3d73e7b365948fa0409b887e244e4',
  'wire/0.8.0/fixtures.json': 'e482c1a2e52d9fc74bdb884204606ea1894a53c7559f13bd05bdbe26f19079f3',
  'wire/0.8.0/index.d.ts': '42174858de025efe97881aba80e873a5334719e23b8dd53645a31465a6b7ea09',
};

it('frozen files are as they were released', () => {
  const present = filesBelow('contracts/history').map((file) => [
    file.slice('contracts/history/'.length),
    createHash('sha256').update(readText(file)).digest('hex'),
  ]);
  expect(Object.fromEntries(present)).toEqual(released);
});

it('every version but the base that is frozen is one a CHANGELOG tells of', () => {
  const versions = new Set(
    filesBelow('contracts/history').map((file) => file.split('/').slice(2, 4).join(' ')),
  );
  for (const [name, version] of Object.entries(base)) expect([...versions]).toContain(`${name} ${version}`);
  for (const version of versions) {
    const [name = '', number = ''] = version.split(' ');
    expect(readText(`packages/${name}/CHANGELOG.md`)).toContain(`\n## ${number}\n`);
  }
});
