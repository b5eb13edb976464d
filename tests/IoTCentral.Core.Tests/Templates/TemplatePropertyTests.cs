using System.Text;
using CsCheck;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Tests.Templates;

public sealed class TemplatePropertyTests
{
    [Fact]
    public void Any_template_is_the_same_after_writing_and_reading() =>
        TemplateGen.Any.Sample(
            template =>
            {
                var written = DtdlWriter.DeviceTemplate(template);
                var again = Models.Read(written);
                Assert.Equal(written, DtdlWriter.DeviceTemplate(again));
                Assert.Equal(
                    template.Capabilities.Select(c => (c.Path, c.Kind)),
                    again.Capabilities.Select(c => (c.Path, c.Kind))
                );
            },
            iter: 300
        );

    [Fact]
    public void Any_capability_is_found_by_its_path() =>
        TemplateGen.Any.Sample(
            template =>
                template.Capabilities.All(c =>
                    ReferenceEquals(c, template.Find(c.Component, c.Name))
                    && ReferenceEquals(
                        c,
                        template.Index.Find(Encoding.UTF8.GetBytes(c.Component), Encoding.UTF8.GetBytes(c.Name))
                    )
                ),
            iter: 200
        );

    [Fact]
    public void A_template_with_bytes_changed_gives_a_template_or_faults_and_never_an_exception() =>
        Gen.Select(TemplateGen.Any, Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 6])
            .Sample(
                (template, changes) =>
                {
                    var bytes = Encoding.UTF8.GetBytes(DtdlWriter.DeviceTemplate(template));
                    foreach (var (at, value) in changes)
                        bytes[(int)(at * (bytes.Length - 1))] = value;
                    var import = DtdlReader.Read(bytes);
                    Assert.Equal(import.Template is null, import.Faults.Count > 0);
                },
                iter: 3_000
            );

    [Fact]
    public void A_template_with_a_value_replaced_gives_a_template_or_faults_and_never_an_exception()
    {
        string[] odd =
        [
            "null",
            "true",
            "1e308",
            "-0",
            "\"\"",
            "[]",
            "{}",
            "[[]]",
            "{\"@id\":\"dtmi:test:Root;1\"}",
            "\"dtmi:test:Root;1\"",
            "\"\\ud83d\"",
            "9999999999999999999999",
        ];
        Gen.Select(TemplateGen.Any, Gen.Int[0, int.MaxValue], TemplateGen.Pick(odd))
            .Sample(
                (template, which, value) =>
                {
                    var json = DtdlWriter.DeviceTemplate(template);
                    // the value after some colon becomes another
                    var colons = Enumerable
                        .Range(0, json.Length - 1)
                        .Where(i => json[i] == ':' && json[i - 1] == '"')
                        .ToList();
                    var at = colons[which % colons.Count] + 1;
                    var end = json.AsSpan(at).IndexOfAny(',', '}', ']');
                    var import = DtdlReader.Read(json[..at] + value + json[(at + end)..]);
                    Assert.Equal(import.Template is null, import.Faults.Count > 0);
                },
                iter: 3_000
            );
    }
}
