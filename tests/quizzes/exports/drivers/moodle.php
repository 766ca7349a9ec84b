<?php
// Drives: an installed Moodle (its Moodle XML importer and its question engine), to check files that we write.
// The environment variable CONVGRADE_IMPORTERS names the folder that holds the installed importers; Moodle is
// expected in its subfolder moodle/src, with a config.php and a running database.
//
// Call:   php moodle.php [options] FILE.xml [ANSWERS.json]
//   --matchgrades=nearest   round wrong fractions instead of refusing them (importer's default: error)
//   --continue              do not stop on the first error (importer's default: stop)
//   --html                  also give the rendered HTML of each question and of each response
//
// ANSWERS.json: {"question name": [response, ...]}; a response is a dict of the fields of the question's form:
//   numerical, shortanswer  {"answer": "3"}
//   multichoice, single     {"answer": "text of the choice"}    (a JSON integer = index in the stored order)
//   multichoice, multiple   {"answers": ["text", "text"]}
//   truefalse               {"answer": "1"} or {"answer": "0"}
//   cloze                   {"sub1_answer": "3", "sub2_answer": "text of the choice", "sub3_answers": [...]}
//
// Prints one JSON object on stdout:
//   moodle     release and version
//   imported   what the importer returned (true or false)
//   errors     notices, errors and developer warnings of the importer, in order
//   questions  as stored: name, category, idnumber, qtype, defaultmark, texts, answers, subquestions, files ...
//   results    {"question name": [{fraction, mark, state, feedback, subquestions ...}, ...]} when answers are given
// A file is right when imported is true, errors is empty and questions holds all that was written: Moodle also says
// "imported" after notices. Texts in feedback are plain text of what a student sees.
// Exit status: 0 imported, 1 the importer refused, 2 wrong call, 3 Moodle or its database cannot be used here.
// Everything runs in one database transaction that is rolled back at the end: each run sees an empty question bank.

define('CLI_SCRIPT', true);

$options = ['matchgrades' => 'error', 'stoponerror' => true, 'html' => false];
$paths = [];
foreach (array_slice($argv, 1) as $arg) {
    if (strpos($arg, '--matchgrades=') === 0) {
        $options['matchgrades'] = substr($arg, 14);
    } else if ($arg === '--continue') {
        $options['stoponerror'] = false;
    } else if ($arg === '--html') {
        $options['html'] = true;
    } else {
        $paths[] = $arg;
    }
}

$driverfinished = false;
function driver_end(array $out, int $status): void {
    global $driverfinished;
    $driverfinished = true;
    while (ob_get_level()) {
        ob_end_clean();
    }
    ini_set('serialize_precision', '-1');
    fwrite(STDOUT, json_encode($out, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES
        | JSON_PRESERVE_ZERO_FRACTION | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
    exit($status);
}
register_shutdown_function(function () {
    global $driverfinished;
    if ($driverfinished) {
        return;
    }
    $text = '';
    while (ob_get_level()) {
        $text = ob_get_clean() . $text;
    }
    $last = error_get_last();
    driver_end(['imported' => false,
        'errors' => array_values(array_filter(['driver stopped', trim(strip_tags($text)), $last['message'] ?? '']))], 3);
});

if (count($paths) < 1 || count($paths) > 2) {
    driver_end(['imported' => false, 'errors' => ['usage: php moodle.php [options] FILE.xml [ANSWERS.json]']], 2);
}
$xml = @file_get_contents($paths[0]);
if ($xml === false) {
    driver_end(['imported' => false, 'errors' => ["cannot read $paths[0]"]], 2);
}
$responses = [];
if (isset($paths[1])) {
    $responses = json_decode((string) @file_get_contents($paths[1]), true);
    if (!is_array($responses)) {
        driver_end(['imported' => false, 'errors' => ["cannot read $paths[1] as JSON"]], 2);
    }
}
$importers = getenv('CONVGRADE_IMPORTERS');
if (!$importers) {
    driver_end(['imported' => false, 'errors' => ['CONVGRADE_IMPORTERS names no folder']], 2);
}
$config = "$importers/moodle/src/config.php";
if (!file_exists($config)) {
    driver_end(['imported' => false, 'errors' => ["no Moodle: $config is missing"]], 3);
}
// Root becomes the owner of the installation, so that no files of root appear among Moodle's data.
if (function_exists('posix_geteuid') && posix_geteuid() === 0) {
    $owner = fileowner($config);
    $group = filegroup($config);
    if ($owner !== 0) {
        posix_setgid($group);
        posix_setuid($owner);
    }
}

ob_start();
require($config);
require_once($CFG->libdir . '/questionlib.php');
require_once($CFG->dirroot . '/question/format.php');
require_once($CFG->dirroot . '/question/format/xml/format.php');
require_once($CFG->dirroot . '/question/engine/lib.php');
require_once($CFG->dirroot . '/course/lib.php');
require_once($CFG->libdir . '/filelib.php');
ob_end_clean();

$CFG->debug = E_ALL;
$CFG->debugdeveloper = true;
$CFG->debugdisplay = 1;
$CFG->showcrondebugging = false;
core_php_time_limit::raise();
\core\session\manager::set_user(get_admin());

$out = ['moodle' => $CFG->release . ' / ' . $CFG->version, 'imported' => false, 'errors' => [], 'questions' => []];

// One permanent empty course whose question bank the transaction fills and empties again.
$course = $DB->get_record('course', ['shortname' => 'import-check']);
if (!$course) {
    $course = create_course((object) ['shortname' => 'import-check', 'fullname' => 'Import check', 'category' => 1,
        'format' => 'topics', 'numsections' => 0]);
}
$context = context_course::instance($course->id);
$PAGE->set_url('/');
$PAGE->set_context($context);

// ---------------------------------------------------------------- import

function plain($html): string {
    $text = preg_replace('~<br ?/?>|</(p|div|li|td|th|tr|h[1-6])>~i', ' ', (string) $html);
    $text = html_entity_decode(strip_tags($text), ENT_QUOTES | ENT_HTML5, 'UTF-8');
    return trim(preg_replace('~\s+~u', ' ', str_replace("\xc2\xa0", ' ', $text)));
}

/** Turns what the importer printed into a list of messages. */
function messages(string $printed): array {
    $list = [];
    // Parse errors come as a div each, notifications as "!! text !!", developer warnings as "++ text ++" and a trace.
    $printed = preg_replace_callback('~<div class="importerror">(.*?)</div>~s', function ($m) use (&$list) {
        $list[] = plain(str_replace('</strong>', '</strong> ', $m[1]));
        return "\n";
    }, $printed);
    $printed = preg_replace('~^\* line .*$~m', '', $printed);
    foreach (preg_split('~\n(?=!!|\+\+)|(?<=!!|\+\+)\n|\n{2,}~', $printed) as $part) {
        $part = plain($part);
        if ($part !== '') {
            $list[] = preg_replace('~^(!!|\+\+) (.*) \1$~s', '$2', $part);
        }
    }
    return $list;
}

$tempfile = make_request_directory() . '/import.xml';
file_put_contents($tempfile, $xml);
$transaction = $DB->start_delegated_transaction();
$top = question_get_top_category($context->id, true);
$fresh = (object) ['name' => 'import', 'contextid' => $context->id, 'info' => '', 'infoformat' => FORMAT_HTML,
    'parent' => $top->id, 'sortorder' => 999, 'stamp' => make_unique_id_code()];
$fresh->id = $DB->insert_record('question_categories', $fresh);

$contexts = new \core_question\local\bank\question_edit_contexts($context);
$importer = new qformat_xml();
$importer->setCategory($fresh);
$importer->setContexts($contexts->having_one_edit_tab_cap('import'));
$importer->setCourse($course);
$importer->setFilename($tempfile);
$importer->setRealfilename(basename($paths[0]));
$importer->setMatchgrades($options['matchgrades']);
$importer->setCatfromfile(true);
$importer->setContextfromfile(true);
$importer->setStoponerror($options['stoponerror']);
$importer->set_display_progress(false);

$caught = null;
ob_start();
try {
    $out['imported'] = $importer->importpreprocess() && $importer->importprocess() && $importer->importpostprocess();
} catch (Throwable $e) {
    $caught = get_class($e) . ': ' . $e->getMessage() . (isset($e->debuginfo) ? ' | ' . $e->debuginfo : '');
}
$out['errors'] = messages(ob_get_clean());
if ($caught !== null) {
    $out['errors'][] = $caught;
    $out['imported'] = false;
    if ($DB->is_transaction_started()) {
        $DB->force_transaction_rollback();
    }
    driver_end($out, 1);
}

// ---------------------------------------------------------------- what was stored

function category_path(int $id): string {
    global $DB;
    $names = [];
    while ($id) {
        $category = $DB->get_record('question_categories', ['id' => $id], 'id,name,parent', MUST_EXIST);
        array_unshift($names, str_replace('/', '//', $category->name));
        $id = (int) $category->parent;
    }
    return implode('/', $names);
}

function stored_answers(array $answers): array {
    $list = [];
    foreach ($answers as $answer) {
        $row = ['answer' => $answer->answer, 'fraction' => (float) $answer->fraction];
        if (isset($answer->tolerance)) {
            $row['tolerance'] = (string) $answer->tolerance;
        }
        $row['feedback'] = $answer->feedback;
        $list[] = $row;
    }
    return $list;
}

function stored_options($options): array {
    $list = [];
    foreach ((array) $options as $name => $value) {
        if (is_scalar($value) && !in_array($name, ['id', 'question', 'questionid', 'timecreated', 'timemodified'])) {
            $list[$name] = $value;
        }
    }
    return $list;
}

function stored_files($data): array {
    global $DB;
    $ids = ['questiontext' => [$data->id], 'generalfeedback' => [$data->id], 'answer' => [], 'answerfeedback' => [],
        'correctfeedback' => [$data->id], 'partiallycorrectfeedback' => [$data->id], 'incorrectfeedback' => [$data->id],
        'hint' => array_keys($data->hints ?? [])];
    foreach ($data->options->answers ?? [] as $answer) {
        $ids['answer'][] = $answer->id;
        $ids['answerfeedback'][] = $answer->id;
    }
    $list = [];
    $storage = get_file_storage();
    foreach ($ids as $area => $items) {
        foreach ($items as $item) {
            foreach (['question', 'qtype_' . $data->qtype] as $component) {
                foreach ($storage->get_area_files($data->contextid, $component, $area, $item, 'filepath, filename', false)
                        as $file) {
                    $list[] = ['area' => $area, 'name' => ltrim($file->get_filepath(), '/') . $file->get_filename(),
                        'bytes' => (int) $file->get_filesize(), 'mimetype' => $file->get_mimetype(),
                        'sha1' => $file->get_contenthash()];
                }
            }
        }
    }
    return $list;
}

/** File references in the texts that no stored file of the question answers. */
function missing_files($data, array $files): array {
    $have = array_column($files, 'name');
    $texts = [$data->questiontext, $data->generalfeedback];
    foreach ($data->options->answers ?? [] as $answer) {
        $texts[] = $answer->answer;
        $texts[] = $answer->feedback;
    }
    preg_match_all('~@@PLUGINFILE@@/([^"\'?\s<>]+)~', implode("\n", $texts), $found);
    return array_values(array_unique(array_filter(array_map('rawurldecode', $found[1]),
        fn($name) => !in_array($name, $have))));
}

$byname = [];
$stored = [];
ob_start();
foreach ($importer->questionids as $id) {
    if (!$DB->record_exists('question', ['id' => $id])) {
        $out['errors'][] = 'driver: the importer took a question back (see the errors before)';
        continue;
    }
    $data = question_bank::load_question_data($id);
    $row = ['name' => $data->name, 'category' => category_path((int) $data->category),
        'idnumber' => $data->idnumber ?? null, 'qtype' => $data->qtype, 'defaultmark' => (float) $data->defaultmark,
        'penalty' => (float) $data->penalty, 'questiontext' => $data->questiontext,
        'generalfeedback' => $data->generalfeedback, 'options' => stored_options($data->options ?? null),
        'answers' => stored_answers($data->options->answers ?? [])];
    $row['subquestions'] = [];
    if ($data->qtype === 'multianswer') {
        foreach ($data->options->questions as $number => $sub) {
            $row['subquestions'][] = ['number' => (int) $number, 'qtype' => $sub->qtype,
                'weight' => (float) $sub->defaultmark, 'source' => $sub->questiontext,
                'layout' => $sub->options->layout ?? null, 'single' => $sub->options->single ?? null,
                'answers' => stored_answers($sub->options->answers ?? [])];
        }
    }
    $row['hints'] = array_values(array_map(fn($hint) => $hint->hint, $data->hints ?? []));
    $row['tags'] = array_values(core_tag_tag::get_item_tags_array('core_question', 'question', $id));
    $row['files'] = stored_files($data);
    $row['files_missing'] = missing_files($data, $row['files']);
    $out['questions'][] = $row;
    $stored[] = (int) $id;
    $byname[$data->name][] = (int) $id;
}
$out['errors'] = array_merge($out['errors'], messages(ob_get_clean()));

// ---------------------------------------------------------------- marking

function display_options(): question_display_options {
    $show = new question_display_options();
    $show->readonly = true;
    $show->context = context_system::instance();
    $show->flags = question_display_options::HIDDEN;
    $show->marks = question_display_options::HIDDEN;
    $show->correctness = question_display_options::VISIBLE;
    $show->feedback = question_display_options::VISIBLE;
    $show->numpartscorrect = question_display_options::HIDDEN;
    $show->generalfeedback = question_display_options::VISIBLE;
    $show->rightanswer = question_display_options::HIDDEN;
    $show->manualcomment = question_display_options::HIDDEN;
    $show->history = question_display_options::HIDDEN;
    return $show;
}

/** Plain texts of the elements of a class in rendered HTML, only those inside an element of class $inside if given. */
function texts_of_class(string $html, string $class, string $inside = ''): array {
    $document = new DOMDocument();
    @$document->loadHTML('<?xml encoding="utf-8"?><body>' . $html . '</body>');
    $list = [];
    $has = fn($name) => "//*[contains(concat(' ', @class, ' '), ' $name ')]";
    foreach ((new DOMXPath($document))->query(($inside === '' ? '' : $has($inside)) . $has($class)) as $node) {
        $text = plain($document->saveHTML($node));
        if ($text !== '') {
            $list[] = $text;
        }
    }
    return $list;
}

/** The feedback of one cloze cell, as rendered, without the word that tells right from wrong. */
function shown_in_cell(string $html): string {
    $document = new DOMDocument();
    @$document->loadHTML('<?xml encoding="utf-8"?><body>' . $html . '</body>');
    $xpath = new DOMXPath($document);
    $trigger = $xpath->query("//*[@data-content or @data-bs-content]")->item(0);
    if ($trigger) {
        $content = $trigger->getAttribute('data-content') ?: $trigger->getAttribute('data-bs-content');
        $content = preg_replace('~^<span class="feedbackspan">(.*)</span>$~s', '$1', $content);
        $parts = explode('<br />', $content, 2);
        return plain($parts[1] ?? '');
    }
    return implode(' | ', texts_of_class($html, 'specificfeedback') ?: texts_of_class($html, 'outcome'));
}

/** Fields of a choice question from texts of choices. */
function choice_fields($question, question_attempt $qa, array $response, array &$problems): array {
    $order = array_values($question->get_order($qa));
    $stored = array_keys($question->answers);
    $index = function ($wanted) use ($question, $order, $stored, &$problems) {
        if (is_int($wanted)) {
            $found = isset($stored[$wanted]) ? array_search($stored[$wanted], $order) : false;
        } else {
            $found = false;
            foreach ($order as $position => $answerid) {
                $answer = $question->answers[$answerid]->answer;
                if ((string) $wanted === $answer || plain($wanted) === plain($answer)) {
                    $found = $position;
                    break;
                }
            }
        }
        if ($found === false) {
            $problems[] = 'no such choice: ' . json_encode($wanted);
        }
        return $found;
    };
    $wanted = array_merge((array) ($response['answers'] ?? []),
        array_key_exists('answer', $response) ? (array) $response['answer'] : []);
    $fields = array_diff_key($response, ['answer' => 1, 'answers' => 1]);
    if ($question instanceof qtype_multichoice_multi_question) {
        foreach ($order as $position => $answerid) {
            $fields["choice$position"] = $fields["choice$position"] ?? '0';
        }
        foreach ($wanted as $one) {
            $position = $index($one);
            if ($position !== false) {
                $fields["choice$position"] = '1';
            }
        }
    } else if ($wanted && $wanted !== ['']) {
        $position = $index($wanted[0]);
        if ($position !== false) {
            $fields['answer'] = (string) $position;
        }
    }
    return $fields;
}

function without_prefix(array $fields, string $prefix): array {
    $list = [];
    foreach ($fields as $name => $value) {
        if (strpos($name, $prefix) === 0) {
            $list[substr($name, strlen($prefix))] = $value;
        }
    }
    return $list;
}

function mark_response(int $id, array $response, $context, bool $withhtml): array {
    global $PAGE;
    $problems = [];
    $usage = question_engine::make_questions_usage_by_activity('core_question_preview', $context);
    $usage->set_preferred_behaviour('deferredfeedback');
    $question = question_bank::load_question($id, false);
    $slot = $usage->add_question($question, $question->defaultmark);
    $usage->start_question($slot);
    $qa = $usage->get_question_attempt($slot);
    $question = $usage->get_question($slot);
    $type = $question->qtype->name();

    if ($type === 'multichoice') {
        $fields = choice_fields($question, $qa, $response, $problems);
    } else if ($type === 'multianswer') {
        $fields = [];
        $taken = [];
        foreach ($question->subquestions as $number => $sub) {
            $prefix = "sub{$number}_";
            $part = without_prefix($response, $prefix);
            foreach ($part as $name => $value) {
                $taken[$prefix . $name] = true;
            }
            if ($part && $sub->qtype->name() === 'multichoice') {
                $part = choice_fields($sub, $qa, $part, $problems);
            }
            foreach ($part as $name => $value) {
                $fields[$prefix . $name] = $value;
            }
        }
        $fields += array_diff_key($response, $taken);
    } else {
        $fields = $response;
    }
    $expected = $question->get_expected_data();
    foreach (array_keys($fields) as $name) {
        if (is_array($expected) && !array_key_exists($name, $expected)) {
            $problems[] = "the form has no field $name";
        }
    }

    // What a browser would post, so that Moodle's own cleaning of the fields takes part.
    $prefix = $qa->get_field_prefix();
    $post = ['slots' => (string) $slot, $prefix . ':sequencecheck' => (string) $qa->get_sequence_check_count()];
    foreach ($fields as $name => $value) {
        $post[$prefix . $name] = (string) $value;
    }
    $usage->process_all_actions(null, $post);
    $saved = $usage->get_question_attempt($slot)->get_last_qt_data();
    $before = (string) $usage->get_question_state($slot);
    $validation = method_exists($question, 'get_validation_error') ? plain($question->get_validation_error($saved)) : '';
    $usage->finish_all_questions();
    $qa = $usage->get_question_attempt($slot);
    $html = $usage->render_question($slot, display_options(), '1');

    $number = fn($value) => $value === null ? null : (float) $value;
    // A choice question shows the feedback of the chosen answers beside them, and one for the whole below.
    $specific = texts_of_class($html, 'specificfeedback');
    $combined = $type === 'multichoice' ? texts_of_class($html, 'specificfeedback', 'outcome') : [];
    $result = ['fraction' => $number($qa->get_fraction()), 'mark' => $number($usage->get_question_mark($slot)),
        'maxmark' => (float) $qa->get_max_mark(), 'state' => (string) $qa->get_state(),
        'state_before_finish' => $before, 'validation' => $validation, 'response' => $qa->get_response_summary(),
        'right_answer' => $qa->get_right_answer_summary(),
        'feedback' => $type === 'multianswer' ? []
            : array_slice($specific, 0, count($specific) - count($combined)),
        'combined_feedback' => implode(' ', $combined),
        'general_feedback' => implode(' ', texts_of_class($html, 'generalfeedback'))];
    if ($type === 'multianswer') {
        $renderer = $question->get_renderer($PAGE);
        $result['subquestions'] = [];
        foreach ($question->subquestions as $number => $sub) {
            $part = without_prefix($saved, "sub{$number}_");
            [$fraction, $state] = $sub->is_gradable_response($part)
                ? $sub->grade_response($part) : [null, question_state::$gaveup];
            $result['subquestions'][] = ['number' => (int) $number,
                'fraction' => $fraction === null ? null : (float) $fraction, 'weight' => (float) $sub->defaultmark,
                'state' => (string) $state,
                'feedback' => shown_in_cell($renderer->subquestion($qa, display_options(), $number, $sub))];
        }
    }
    if ($problems) {
        $result['problems'] = $problems;
    }
    if ($withhtml) {
        $result['html'] = $html;
    }
    return $result;
}

ob_start();
if ($options['html']) {
    foreach ($stored as $position => $id) {
        $usage = question_engine::make_questions_usage_by_activity('core_question_preview', $context);
        $usage->set_preferred_behaviour('deferredfeedback');
        $slot = $usage->add_question(question_bank::load_question($id));
        $usage->start_all_questions();
        $out['questions'][$position]['html'] = $usage->render_question($slot, new question_display_options(), '1');
    }
}
if ($responses) {
    $out['results'] = [];
    foreach ($responses as $name => $list) {
        foreach ($byname[$name] ?? [] as $id) {
            foreach ($list as $response) {
                try {
                    $result = mark_response($id, (array) $response, $context, $options['html']);
                } catch (Throwable $e) {
                    $result = ['error' => get_class($e) . ': ' . $e->getMessage()];
                }
                $out['results'][$name][] = ['given' => (object) $response] + $result;
            }
        }
        if (empty($byname[$name])) {
            $out['results'][$name] = [];
            $out['errors'][] = "driver: no question of the name $name";
        }
    }
}
$warnings = messages(ob_get_clean());
if ($warnings) {
    $out['warnings'] = $warnings;
}
$DB->force_transaction_rollback();
driver_end($out, $out['imported'] ? 0 : 1);
