using System.Text.Json;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

public sealed class TemplateIndexTests
{
    private static readonly DeviceTemplate Template = Models.With(
        $$"""
        {{Models.Telemetry}},
        { "@type": "Component", "name": "door", "schema": { "@id": "dtmi:contoso:Door;1", "@type": "Interface", "contents": [ {{Models.Telemetry}} ] } }
        """
    );

    [Fact]
    public void What_a_component_has_is_not_among_what_the_root_has() =>
        Assert.Equal(["temperature", "door"], Template.Index.Root.Contents.Select(c => c.Name));

    [Fact]
    public void Names_are_case_sensitive()
    {
        Assert.Null(Template.Find("", "Temperature"));
        Assert.Null(Template.Find("Door", "temperature"));
    }

    [Fact]
    public void A_name_too_long_to_be_one_is_not_found() => Assert.Null(Template.Find("", new string('x', 5_000)));

    [Fact]
    public void Looking_up_by_bytes_costs_no_memory()
    {
        Look();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            Look();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("""{"temperature":1}""", true)]
    [InlineData("""{"\u0074emperature":1}""", true)]
    [InlineData("""{"temp":1}""", false)]
    [InlineData("""{"\u0074emp":1}""", false)]
    public void A_name_in_a_message_is_found_escaped_or_not(string body, bool isFound)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(body));
        reader.Read();
        reader.Read();

        Assert.Equal(isFound, Template.Index.Root.Find(ref reader) is not null);
    }

    [Fact]
    public void A_changed_root_has_an_index_of_its_own()
    {
        var empty = Template with { Root = new TemplateInterface { Id = "dtmi:contoso:Empty;1" } };

        Assert.Empty(empty.Capabilities);
        Assert.Equal("dtmi:contoso:Empty;1", empty.ModelId);
        Assert.NotEmpty(Template.Capabilities);
    }

    private static void Look()
    {
        if (Template.Index.Find("door"u8, "temperature"u8) is null || Template.Find("", "temperature") is null)
            throw new InvalidOperationException();
        if (Template.Index.Find("door"u8, "nothing"u8) is not null)
            throw new InvalidOperationException();
    }
}
