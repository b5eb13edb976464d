using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

public sealed class DtmiTests
{
    [Theory]
    [InlineData("dtmi:contoso:Thermostat;1", "dtmi:contoso:Thermostat", 1)]
    [InlineData("dtmi:a;999999999", "dtmi:a", 999999999)]
    [InlineData("dtmi:modelDefinition:spzeut3n:n2lteu39u6", "dtmi:modelDefinition:spzeut3n:n2lteu39u6", 1)]
    [InlineData("dtmi:sampleApp:_rpgcmdpo;4", "dtmi:sampleApp:_rpgcmdpo", 4)]
    [InlineData("dtmi:a:b_;2", "dtmi:a:b_", 2)]
    [InlineData("dtmi:com:example:X;1.2", "dtmi:com:example:X", 1)]
    public void Legal_ids_have_a_family_and_a_version(string text, string family, int version)
    {
        Assert.True(Dtmi.TryParse(text, out var dtmi, out _));

        Assert.Equal((text, family, version), (dtmi.Value, dtmi.Family, dtmi.Version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("dtmi:")]
    [InlineData("dtmi::a;1")]
    [InlineData("dtmi:a:;1")]
    [InlineData("DTMI:a;1")]
    [InlineData("urn:a:b:1")]
    [InlineData("dtmi:a b;1")]
    [InlineData("dtmi:ä;1")]
    [InlineData("dtmi:1a;1")]
    [InlineData("dtmi:a-b;1")]
    [InlineData("dtmi:a;")]
    [InlineData("dtmi:a;0")]
    [InlineData("dtmi:a;01")]
    [InlineData("dtmi:a;-1")]
    [InlineData("dtmi:a;1;2")]
    [InlineData("dtmi:a;1000000000")]
    [InlineData("dtmi:a;1.")]
    public void Anything_else_is_refused_with_a_reason(string text)
    {
        Assert.False(Dtmi.TryParse(text, out _, out var reason));

        Assert.EndsWith(".", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_of_more_than_128_characters_is_refused() =>
        Assert.False(Dtmi.TryParse("dtmi:" + new string('a', 124), out _, out _));

    [Fact]
    public void The_next_version_is_one_more() => Assert.Equal("dtmi:a:b;10", Dtmi.Parse("dtmi:a:b;9").Next().Value);
}
