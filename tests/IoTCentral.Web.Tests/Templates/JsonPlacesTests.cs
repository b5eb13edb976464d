using System.Text;
using IoTCentral.Web.Features.Templates;
using IoTCentral.Web.Features.Templates.New;

namespace IoTCentral.Web.Tests.Templates;

public sealed class JsonPlacesTests
{
    private const string Text = """
        {
          "a": 1,
          "list": [
            { "b": "x" },
            { "b": { "deep": true } }
          ]
        }
        """;

    [Theory]
    [InlineData("a", 2)]
    [InlineData("list", 3)]
    [InlineData("list[1]", 5)]
    [InlineData("list[1].b.deep", 5)]
    [InlineData("list[0].missing", 4)]
    public void A_path_is_found_on_its_line_or_that_of_what_is_around_it(string path, int line) =>
        Assert.Equal(line, JsonPlaces.Find(Text, [path])[path]);

    [Fact]
    public void A_path_that_is_nowhere_has_no_line() => Assert.Empty(JsonPlaces.Find(Text, ["other.thing"]));

    [Fact]
    public void Text_that_breaks_off_keeps_the_lines_before_it() =>
        Assert.Equal(2, JsonPlaces.Find("{\n\"a\": 1,\n oh", ["a"])["a"]);

    [Theory]
    [InlineData("""{"a":1}""", 1)]
    [InlineData("{\"a\":1}\n{\"a\":2}\n{\"b\":3}", 3)]
    [InlineData("""[{"a":1},{"a":2}]""", 2)]
    [InlineData("{ broken", 1)]
    public void Pasted_text_is_taken_apart_into_messages(string text, int messages) =>
        Assert.Equal(messages, SampleText.Split(text).Count);

    [Fact]
    public void A_broken_message_is_kept_for_its_reader_to_judge() =>
        Assert.Equal("{ broken", Encoding.UTF8.GetString(SampleText.Split("{ broken")[0].Body.Span));

    [Theory]
    [InlineData("Room temperature", "roomTemperature")]
    [InlineData("  2nd Tür-Öffner 3 ", "ndTurOffner3")]
    [InlineData("温度", "")]
    public void A_name_is_made_of_what_people_write(string label, string name) =>
        Assert.Equal(name, Names.Capability(label));
}
