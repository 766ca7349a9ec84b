// Drives PrairieLearn's QTI importer (its package question-conversion, built to dist/).
// The importer lies in the folder "pl" of $CONVGRADE_IMPORTERS.

// usage: node prairielearn.mjs QUIZ.zip  (an unzipped folder does too)
// prints a JSON list of questions; rc 1 + stderr when the package or an item fails

import { spawnSync } from 'node:child_process';
import { existsSync, writeSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FOLDER = process.env.CONVGRADE_IMPORTERS;
const CHILD = 'CONVGRADE_PL_CHILD';

async function importer(file) {
  const dist = path.join(FOLDER, 'pl', 'packages', 'question-conversion', 'dist');
  return import(pathToFileURL(path.join(dist, file)).href);
}

async function unpack(input, dir) {
  if ((await stat(input)).isDirectory()) return cp(input, dir, { recursive: true });
  const { loadZipArchive } = await importer('trimmer/zip.js');
  const archive = await loadZipArchive(await readFile(input), path.basename(input));
  for (const [name, entry] of archive.entryFiles) {
    const target = path.join(dir, name);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, Buffer.from(await entry.arrayBuffer()));
  }
  return archive.close();
}

const textOrNothing = (file) => readFile(file, 'utf-8').catch(() => undefined);

async function readQuiz(lib, entry, dir) {
  const options = {
    basePath: entry.assessmentDir,
    assessmentMetaXml: await textOrNothing(path.join(entry.assessmentDir, 'assessment_meta.xml')),
    timezone: 'UTC',
  };
  const xml = await readFile(entry.qtiPath, 'utf-8');
  const quiz = await lib.parseAssessment(xml, [new lib.QTI12ItemContainerParser()], options);
  const emitted = new lib.PLEmitter().emit(quiz, { ...options, tags: [], questionIdPrefix: 'imported' });
  const resources = path.join(entry.assessmentDir, '..', 'web_resources');

  return quiz.questions.map((question) => {
    const zone = quiz.zones?.find((z) => z.questions.some((q) => q.sourceId === question.sourceId));
    const place = zone?.questions.find((q) => q.sourceId === question.sourceId);
    const output = emitted.questions.find((q) => q.sourceId === question.sourceId);
    const wanted = [...(output?.clientFiles ?? new Map()).entries()].map(([name, content]) =>
      typeof content === 'string' ? path.join(resources, content) : name,
    );
    const warnings = [...(quiz.parseWarnings ?? []), ...emitted.warnings].filter(
      (w) => w.questionId === question.sourceId,
    );
    return {
      ident: question.sourceId,
      title: question.title,
      type: question.body.type,
      points: question.points ?? null,
      stem_html: question.promptHtml,
      answers: {
        ...question.body,
        feedback: question.feedback ?? null,
        grading: question.gradingMethod ?? null,
        question_html: output?.questionHtml ?? null,
        server_py: output?.serverPy ?? null,
      },
      group:
        zone?.numberChoose === undefined
          ? null
          : { name: zone.title, pick: zone.numberChoose, points_per_item: place?.points ?? null },
      images: wanted.filter((file) => existsSync(file)).map((file) => path.relative(dir, file)),
      images_missing: wanted.filter((file) => !existsSync(file)).map((file) => path.relative(dir, file)),
      warnings: [...new Set(warnings.map((w) => w.message))],
      ...(output ? {} : { error: 'parsed, but not emitted' }),
    };
  }).concat(
    // items that the parser left out altogether show only as warnings
    (quiz.parseWarnings ?? [])
      .filter((w) => w.level !== 'info' && !quiz.questions.some((q) => q.sourceId === w.questionId))
      .map((w) => ({ ident: w.questionId, title: null, type: null, error: w.message })),
  );
}

async function main(input) {
  const lib = await importer('index.js');
  const dir = await realpath(await mkdtemp(path.join(os.tmpdir(), 'convgrade-pl-')));
  try {
    await unpack(path.resolve(input), dir);
    const entries = await lib.findQtiFilesFromManifest(dir);
    if (entries.length === 0) throw new Error('the manifest names no QTI file');
    const questions = [];
    for (const entry of entries) questions.push(...(await readQuiz(lib, entry, dir)));
    return questions;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function writeAll(fd, text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

if (process.argv.length !== 3) {
  console.error('usage: prairielearn.mjs QUIZ.zip');
  process.exit(2);
} else if (!FOLDER) {
  console.error('prairielearn: CONVGRADE_IMPORTERS must name the folder of the importers');
  process.exit(1);
} else if (process.env[CHILD]) {
  try {
    const questions = await main(process.argv[2]);
    writeAll(3, JSON.stringify(questions, null, 2) + '\n');
    for (const q of questions) if (q.error) console.error(`prairielearn: ${q.ident}: ${q.error}`);
    process.exitCode = questions.some((q) => q.error) ? 1 : 0;
  } catch (error) {
    console.error(`prairielearn: ${error.stack ?? error}`);
    process.exitCode = 1;
  }
} else {
  // the importer's logger writes to stdout: run it in a child whose stdout is our stderr
  const self = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, [self, process.argv[2]], {
    env: { ...process.env, [CHILD]: '1' },
    stdio: ['ignore', 2, 2, 'pipe'],
    maxBuffer: 1 << 30,
  });
  process.exitCode = child.status ?? 1;
  process.stdout.write(child.output?.[3] ?? '');
}
