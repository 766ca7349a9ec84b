# Drives Canvas New Quizzes' importer, the Ruby gem instructure/qti (2.27.0).
# The importer lies in the folder "nq" of $CONVGRADE_IMPORTERS.

# usage: ruby new_quizzes.rb QUIZ.zip  (an unzipped folder does too)
# prints a JSON list of questions; rc 1 + stderr when the package or an item fails

require 'json'
require 'tmpdir'
require 'fileutils'
require 'cgi'

def fail_with(text)
  warn "new_quizzes: #{text}"
  exit 1
end

folder = ENV['CONVGRADE_IMPORTERS'] or fail_with('CONVGRADE_IMPORTERS must name the folder of the importers')
root = File.join(folder, 'nq')
Dir[File.join(root, '*', 'lib')].sort.each { |dir| $LOAD_PATH.unshift(dir) }

begin
  require 'qti'
rescue LoadError => e
  fail_with("importer not found under #{root}: #{e.message}")
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

def plain(value)
  case value
  when Struct then value.to_h.compact.to_h { |k, v| [k, plain(v)] }
  when Hash then value.to_h { |k, v| [k, plain(v)] }
  when Array, Set then value.map { |v| plain(v) }
  when String then String.new(value)
  when Nokogiri::XML::Node then value.text
  else value
  end
end

def offered(interaction, name)
  interaction.respond_to?(name) ? plain(interaction.public_send(name)) : nil
end

def choices(interaction)
  return nil unless interaction.respond_to?(:answers)
  plain(interaction.answers.map do |a|
    a.respond_to?(:identifier) ? { id: a.identifier, item_body: a.item_body } : a
  end)
end

# The gem hands image addresses on untouched; the service resolves them against the package root.
def split_images(html, dir)
  srcs = Nokogiri::HTML.fragment(html).css('img').map { |img| CGI.unescape(img['src'].to_s) }
  paths = srcs.map { |src| src.split('?').first.to_s.sub(%r{\A\$IMS-CC-FILEBASE\$/}, '') }
  paths.uniq.partition { |path| File.file?(File.join(dir, path)) }
end

def read_item(item, dir, group)
  interaction = item.interaction_model
  stem = item.item_body
  stem_items = offered(interaction, :stem_items)
  found, missing = split_images(stem, dir)
  answers = {
    scoring: plain(item.scoring_data_structs),
    choices: choices(interaction),
    blanks: interaction.is_a?(Qti::V1::Models::Interactions::BaseFillBlankInteraction) ? offered(interaction, :canvas_fib_responses) : nil,
    stem_items: stem_items,
    cardinality: offered(interaction, :rcardinality),
    answer_feedback: plain(item.answer_feedback),
    feedback: plain(item.feedback)
  }
  { ident: item.identifier, title: item.title, type: interaction.class.name.split('::').last,
    points: item.points_possible.to_f, stem_html: String.new(stem), answers: answers.compact,
    group: group, images: found, images_missing: missing }
end

def guarded(ident, title, group)
  yield
rescue StandardError => e
  warn "new_quizzes: item #{ident}: #{e.class}: #{e.message}"
  { ident: ident, title: title, error: "#{e.class}: #{e.message}", group: group }
end

path = ARGV[0] or fail_with('usage: new_quizzes.rb QUIZ.zip')
result = Dir.mktmpdir do |tmp|
  dir = File.realpath(tmp)
  begin
    File.directory?(path) ? FileUtils.cp_r(File.join(path, '.'), dir) : unzip(path, dir)
    idents = Qti::Importer.assessment_identifiers_for(dir)
    raise 'the manifest holds 0 assessments' if idents.empty?
    idents.flat_map do |ident|
      importer = Qti::Importer.new(dir, ident)
      importer.assessment_item_refs.flat_map do |ref|
        if (pool = importer.create_question_group(ref))
          group = { name: pool.title, pick: pool.selection_number, points_per_item: pool.points_per_item, ident: pool.identifier }
          pool.assessment_item_refs.map do |sub|
            guarded(sub['ident'], sub['title'], group) { read_item(pool.create_assessment_item(sub), dir, group) }
          end
        elsif (text = importer.create_stimulus(ref))
          [{ ident: ref['ident'], title: ref['title'], type: 'Stimulus', points: 0, stem_html: text.respond_to?(:body) ? plain(text.body) : nil,
             answers: {}, group: nil, images: [], images_missing: [] }]
        elsif ref.name == 'bankentry_item'
          [{ title: nil, type: 'BankEntryItem', ident: ref['ident'], group: nil }]
        else
          [guarded(ref['ident'], ref['title'], nil) { read_item(importer.create_assessment_item(ref), dir, nil) }]
        end
      end
    end
  rescue StandardError => e
    fail_with("#{e.class}: #{e.message[0, 600]}")
  end
end

puts JSON.pretty_generate(result)
exit(result.any? { |q| q.key?(:error) } ? 1 : 0)
