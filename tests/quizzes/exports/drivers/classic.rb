# Drives Canvas classic's QTI import: instructure/QTIMigrationTool, then canvas-lms' qti_exporter.
# The importer lies in the folder "cl" of $CONVGRADE_IMPORTERS, with a shim.rb.

# usage: ruby classic.rb QUIZ.zip  (an unzipped folder does too)
# prints a JSON list of questions; rc 1 + stderr when the package or an item fails

require 'json'
require 'tmpdir'
require 'fileutils'
require 'cgi'
require 'zip'

def fail_with(text)
  warn "classic: #{text}"
  exit 1
end

def unzip(path, dir)
  Zip::File.open(path) do |zip|
    zip.each do |entry|
      next unless entry.file?
      target = File.expand_path(entry.name, dir)
      raise "unsafe name in zip: #{entry.name}" unless target.start_with?("#{dir}/")
      FileUtils.mkdir_p(File.dirname(target))
      File.binwrite(target, entry.get_input_stream.read)
    end
  end
end

# The quiz holds references and groups of references; the questions lie in a flat list.
def placements(course)
  (course.dig(:assessments, :assessments) || []).flat_map do |quiz|
    quiz[:questions].flat_map do |entry|
      next [[entry, nil]] unless entry[:question_type] == 'question_group'
      group = { name: entry[:title], pick: entry[:pick_count], points_per_item: entry[:question_points], ident: entry[:migration_id] }
      entry[:questions].map { |sub| [sub, group] }
    end
  end
end

# In the import proper these addresses become attachments: a token with the file's id, or a path of the package
# whose leading folders are dropped until one fits.
def split_images(html, files)
  found = []
  missing = []
  Nokogiri::HTML.fragment(html.to_s).css('img').each do |img|
    src = CGI.unescape(img['src'].to_s)
    if (id = src[%r{/attachments/(\w+)\z}, 1]) && files[id]
      found << files[id][:path_name]
      next
    end
    parts = src.split('?').first.to_s.sub(/\A\$[A-Z-]+\$\/?/, '').split('/')
    names = files.values.map { |file| file[:path_name] }
    fit = (0...parts.size).map { |i| parts[i..].join('/') }.find { |path| names.include?(path) }
    fit ? found << fit : missing << src
  end
  [found.uniq, missing.uniq]
end

folder = ENV['CONVGRADE_IMPORTERS'] or fail_with('CONVGRADE_IMPORTERS must name the folder of the importers')
root = File.join(folder, 'cl')
begin
  require File.join(root, 'shim.rb')
rescue LoadError => e
  fail_with("importer not found under #{root}: #{e.message}")
end

path = ARGV[0] or fail_with('usage: classic.rb QUIZ.zip')
result = Dir.mktmpdir do |tmp|
  ENV['TMPDIR'] = tmp # the converter leaves folders behind
  dir = File.join(File.realpath(tmp), 'in')
  FileUtils.mkdir_p([dir, File.join(tmp, 'out')])
  begin
    File.directory?(path) ? FileUtils.cp_r(File.join(path, '.'), dir) : unzip(path, dir)
    converter = Qti::Converter.new(unzipped_file_path: dir, base_download_dir: File.join(tmp, 'out'))
    course = converter.export
  rescue StandardError => e
    log = Dir[File.join(tmp, 'out', '*.log')].map { |f| File.read(f)[-2000..] || File.read(f) }.join
    fail_with("#{e.class}: #{e.message[0, 600]}\n#{log}")
  end
  fail_with(converter.problems.join("\n")) unless converter.problems.empty?
  questions = course.dig(:assessment_questions, :assessment_questions) || []
  quizzes = course.dig(:assessments, :assessments) || []
  broken = quizzes.map { |quiz| quiz[:qti_error] }.compact
  fail_with(broken.join("\n")) unless broken.empty?
  fail_with('0 assessments') if quizzes.empty?

  placed = placements(course)
  loose = questions.reject { |q| placed.any? { |ref, _| ref[:migration_id] == q[:migration_id] } }
  (placed + loose.map { |q| [q, nil] }).map do |ref, group|
    question = questions.find { |q| q[:migration_id] == ref[:migration_id] }
    next { ident: ref[:migration_id], error: 'referenced, but not imported', group: group } unless question
    found, missing = split_images(question[:question_text], course[:file_map])
    rest = question.reject { |key, _| %i[question_text question_name question_type points_possible migration_id].include?(key) }
    entry = { ident: question[:migration_id], title: question[:question_name], type: question[:question_type],
              points: question[:points_possible], stem_html: question[:question_text], answers: rest,
              group: group, images: found, images_missing: missing }
    trouble = question[:qti_error] || question[:import_error]
    entry[:error] = trouble if trouble
    entry
  end
end

result.each { |q| warn "classic: #{q[:ident]}: #{q[:error]}" if q[:error] }
puts JSON.pretty_generate(result)
exit(result.any? { |q| q.key?(:error) } ? 1 : 0)
