using System.Globalization;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

public sealed class LocalizedTextTests
{
    private static readonly LocalizedText Temperature = new([
        new("de", "Temperatur"),
        new("en", "Temperature"),
        new("fr-CA", "Température"),
    ]);

    [Theory]
    [InlineData("de", "Temperatur")]
    [InlineData("de-AT", "Temperatur")]
    [InlineData("fr-CA", "Température")]
    [InlineData("fr-FR", "Température")]
    [InlineData("en-GB", "Temperature")]
    [InlineData("ja", "Temperature")]
    [InlineData("", "Temperature")]
    public void A_text_is_shown_in_the_persons_language_if_it_is_there(string culture, string text) =>
        Assert.Equal(text, Temperature.For(CultureInfo.GetCultureInfo(culture)));

    [Fact]
    public void Without_English_the_first_language_is_for_everybody() =>
        Assert.Equal("Temperatur", new LocalizedText([new("de", "Temperatur"), new("fr", "Température")]).Text);

    [Fact]
    public void Rewording_changes_the_default_and_leaves_other_languages()
    {
        var reworded = Temperature.Reword("Air temperature");

        Assert.Equal("Air temperature", reworded.Text);
        Assert.Equal("Temperatur", reworded.For(CultureInfo.GetCultureInfo("de")));
        Assert.Equal("Plain", new LocalizedText("Simple").Reword("Plain").Text);
    }

    [Fact]
    public void Texts_are_equal_when_all_their_languages_are()
    {
        Assert.Equal(new LocalizedText("a"), new LocalizedText("a"));
        Assert.NotEqual(new LocalizedText("a"), new LocalizedText([new("en", "a")]));
    }
}
