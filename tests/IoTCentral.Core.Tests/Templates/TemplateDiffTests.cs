using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

public sealed class TemplateDiffTests
{
    private static readonly CapabilityPath Path = new("", "x");

    [Theory]
    [InlineData("integer", "long", ChangeEffect.Additive)]
    [InlineData("integer", "double", ChangeEffect.Additive)]
    [InlineData("float", "double", ChangeEffect.Additive)]
    [InlineData("double", "integer", ChangeEffect.Breaking)]
    [InlineData("double", "string", ChangeEffect.Breaking)]
    [InlineData("date", "dateTime", ChangeEffect.Breaking)]
    public void A_wider_schema_is_additive_and_any_other_breaks(string before, string after, ChangeEffect effect) =>
        Assert.Equal(effect, Only(Telemetry(before), Telemetry(after)).Effect);

    [Fact]
    public void The_same_template_has_no_changes() =>
        Assert.Empty(TemplateDiff.Between(Telemetry("double"), Telemetry("double")));

    [Theory]
    [InlineData("ab", "abc", ChangeEffect.Additive)]
    [InlineData("ab", "a", ChangeEffect.Breaking)]
    [InlineData("ab", "ac", ChangeEffect.Breaking)]
    [InlineData("ab", "ba", ChangeEffect.Cosmetic)]
    public void An_enum_may_gain_values_but_not_lose_them(string before, string after, ChangeEffect effect) =>
        Assert.Equal(effect, Only(WithSchema(EnumOf(before)), WithSchema(EnumOf(after))).Effect);

    [Fact]
    public void Fields_may_be_added_to_an_object_but_not_taken()
    {
        var one = WithSchema(new ObjectSchema([new("a", Schema.Double)]));
        var two = WithSchema(new ObjectSchema([new("a", Schema.Double), new("b", Schema.Double)]));

        Assert.Equal(ChangeEffect.Additive, Only(one, two).Effect);
        Assert.Equal(ChangeEffect.Breaking, Only(two, one).Effect);
    }

    [Fact]
    public void What_looks_otherwise_is_said_in_words()
    {
        var before = Telemetry("double")
            .Change(Path, c => c with { DisplayName = "Warmth", MinValue = -30, MaxValue = 10 });

        var change = Only(before, before.Change(Path, c => c with { DisplayName = "Temperature", MaxValue = 5.5 }));

        Assert.Equal(
            "'x' is called 'Temperature' instead of 'Warmth', has limits -30 to 5.5 instead of -30 to 10.",
            change.Text
        );
    }

    [Fact]
    public void Display_changes_are_cosmetic()
    {
        var before = Telemetry("double");
        Func<Capability, Capability>[] changes =
        [
            c => c with { DisplayName = "X" },
            c => c with { DisplayUnit = "F" },
            c => c with { MinValue = 1 },
            c => c with { MaxValue = 1 },
            c => c with { DecimalPlaces = 1 },
            c => c with { Color = "red" },
            c => c with { Unit = "kelvin" },
            c => c with { Types = ["Temperature"] },
        ];

        Assert.All(
            changes,
            change => Assert.Equal(ChangeEffect.Cosmetic, Only(before, before.Change(Path, change)).Effect)
        );
    }

    [Fact]
    public void Adding_is_additive_and_removing_breaks()
    {
        var before = Telemetry("double");
        var after = before.AddCloudProperty("limit", "Limit", Schema.Double);

        Assert.Equal(ChangeEffect.Additive, Only(before, after).Effect);
        Assert.Equal(ChangeEffect.Breaking, Only(after, before).Effect);
    }

    [Theory]
    [InlineData(
        """{ "@type": "Property", "name": "x", "schema": "double" }""",
        """{ "@type": "Property", "name": "x", "schema": "double", "writable": true }""",
        ChangeEffect.Additive
    )]
    [InlineData(
        """{ "@type": "Property", "name": "x", "schema": "double", "writable": true }""",
        """{ "@type": "Property", "name": "x", "schema": "double" }""",
        ChangeEffect.Breaking
    )]
    [InlineData(
        """{ "@type": "Property", "name": "x", "schema": "double" }""",
        """{ "@type": "Telemetry", "name": "x", "schema": "double" }""",
        ChangeEffect.Breaking
    )]
    [InlineData(
        """{ "@type": "Property", "name": "x", "schema": "double" }""",
        """{ "@type": ["Property", "Cloud"], "name": "x", "schema": "double" }""",
        ChangeEffect.Breaking
    )]
    [InlineData(
        """{ "@type": "Command", "name": "x" }""",
        """{ "@type": "Command", "name": "x", "request": { "name": "r", "schema": "long" } }""",
        ChangeEffect.Breaking
    )]
    [InlineData(
        """{ "@type": "Command", "name": "x" }""",
        """{ "@type": "Command", "name": "x", "durable": true }""",
        ChangeEffect.Cosmetic
    )]
    public void Changes_of_kind_and_use_are_judged(string before, string after, ChangeEffect effect) =>
        Assert.Equal(effect, Only(Models.With(before), Models.With(after)).Effect);

    [Fact]
    public void Only_breaking_changes_of_published_templates_need_a_version()
    {
        var draft = Telemetry("double");
        var broken = draft.Remove(Path);

        Assert.True(TemplateDiff.IsAllowedInPlace(draft, broken));
        Assert.False(TemplateDiff.IsAllowedInPlace(draft.Publish(), broken));
        Assert.True(TemplateDiff.IsAllowedInPlace(draft.Publish(), draft.Rename("Other")));
    }

    private static TemplateChange Only(DeviceTemplate before, DeviceTemplate after) =>
        Assert.Single(TemplateDiff.Between(before, after));

    private static DeviceTemplate Telemetry(string schema) =>
        Models.With($$"""{ "@type": "Telemetry", "name": "x", "schema": "{{schema}}" }""");

    private static DeviceTemplate WithSchema(Schema schema) =>
        Telemetry("double").Change(Path, c => c with { Schema = schema });

    private static EnumSchema EnumOf(string values) =>
        new([.. values.Select(v => new EnumValue($"n{v}", $"{v}"))], IsText: true);
}
