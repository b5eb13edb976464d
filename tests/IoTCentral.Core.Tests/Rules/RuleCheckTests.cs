using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Tests.Rules;

public sealed class RuleCheckTests
{
    internal static DeviceTemplate Fridge { get; } =
        DtdlReader
            .Read(
                """
                {
                  "@context": "dtmi:dtdl:context;2", "@id": "dtmi:shop:Fridge;1", "@type": "Interface", "displayName": "Fridge",
                  "contents": [
                    { "@type": ["Telemetry", "Temperature"], "name": "temperature", "displayName": "Temperature", "schema": "double", "unit": "degreeCelsius" },
                    { "@type": "Telemetry", "name": "door", "displayName": "Door open", "schema": "boolean" },
                    { "@type": "Telemetry", "name": "state", "schema": "string" },
                    { "@type": "Telemetry", "name": "position", "schema": { "@type": "Object", "fields": [ { "name": "x", "schema": "double" } ] } },
                    { "@type": "Property", "name": "firmware", "schema": "string" },
                    { "@type": ["Property", "Cloud"], "name": "maxTemperature", "displayName": "limit", "schema": "double" },
                    { "@type": ["Property", "Cloud"], "name": "kind", "schema": "string" },
                    { "@type": ["Property", "Cloud"], "name": "managerEmail", "schema": "string" }
                  ]
                }
                """
            )
            .Template!;

    private static readonly RuleVocabulary Vocabulary = new(Fridge);

    private static Rule Rule(RuleDefinition definition) =>
        new()
        {
            TenantId = new TenantId(1),
            Id = "warm",
            Name = "Too warm",
            TemplateId = "dtmi:shop:fridge;1",
            Definition = definition,
        };

    private static string[] Paths(RuleDefinition definition) =>
        [.. RuleCheck.Faults(Rule(definition), Vocabulary).Select(f => f.Path)];

    [Fact]
    public void A_good_rule_has_no_fault()
    {
        var definition = new RuleDefinition
        {
            Filter =
            [
                new()
                {
                    Source = PropertySource.Cloud,
                    Name = "kind",
                    Value = RuleValue.Of("dairy"),
                },
            ],
            Conditions =
            [
                Rules.Over(Aggregate.Average, RuleOperator.GreaterThan, 7),
                Rules.Is("door", RuleOperator.Equal, RuleValue.Of(true)),
                Rules.Above(1, "position.x"),
                new TelemetryCondition { Name = "temperature", LimitProperty = "maxTemperature" },
                new SilenceCondition { For = TimeSpan.FromMinutes(15) },
            ],
            Window = TimeSpan.FromMinutes(5),
            Actions =
            [
                new EmailAction { To = ["a@b.example", "{managerEmail}"] },
                new WebhookAction { Url = "https://hooks.example/x", NewSecret = "sixteen letters!" },
            ],
        };

        Assert.Empty(Paths(definition));
    }

    [Fact]
    public void Every_fault_is_told_at_once_with_its_path()
    {
        var definition = new RuleDefinition
        {
            Filter = [new() { Name = "colour", Value = RuleValue.Of("red") }],
            Conditions =
            [
                Rules.Above(7, "humidity"),
                Rules.Is("temperature", RuleOperator.Contains, RuleValue.Of(7)),
                Rules.Is("temperature", RuleOperator.Equal, RuleValue.Of("warm")),
                new TelemetryCondition { Name = "temperature" },
                new TelemetryCondition { Name = "temperature", LimitProperty = "kind" },
                new TelemetryCondition { Name = "temperature", LimitProperty = "nothing" },
                new SilenceCondition { For = TimeSpan.FromSeconds(5) },
            ],
            Hold = TimeSpan.FromDays(8),
            Hysteresis = -1,
            Actions =
            [
                new EmailAction { To = ["nobody", "{nothing}", "a@b.example\r\nBcc: c@d.example"] },
                new WebhookAction { Url = "ftp://x" },
            ],
        };

        Assert.Equal(
            [
                "conditions[0].name",
                "conditions[1].operator",
                "conditions[2].value",
                "conditions[3].value",
                "conditions[4].limitProperty",
                "conditions[5].limitProperty",
                "conditions[6].for",
                "hold",
                "hysteresis",
                "filter[0].name",
                "actions[0].to[0]",
                "actions[0].to[1]",
                "actions[0].to[2]",
                "actions[1].url",
            ],
            Paths(definition)
        );
    }

    [Fact]
    public void A_rule_needs_a_condition() => Assert.Equal(["conditions"], Paths(new RuleDefinition()));

    [Theory]
    [InlineData("", "Too warm", "id")]
    [InlineData("a b", "Too warm", "id")]
    [InlineData("ok", " ", "name")]
    public void Id_and_name_are_checked(string id, string name, string path)
    {
        var rule = Rule(Rules.All(Rules.Above(7))) with { Id = id, Name = name };

        Assert.Equal([path], RuleCheck.Faults(rule, Vocabulary).Select(f => f.Path));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(45)]
    [InlineData(90)]
    [InlineData(300)]
    [InlineData(2880)]
    public void A_window_fills_the_hour_or_the_day(int minutes) =>
        Assert.Equal(["window"], Paths(Rules.Average(7, minutes)));

    [Fact]
    public void A_window_and_an_aggregate_belong_together()
    {
        Assert.Equal(["window"], Paths(Rules.All(Rules.Over(Aggregate.Average, RuleOperator.GreaterThan, 7))));
        Assert.Equal(["window"], Paths(Rules.All(Rules.Above(7)) with { Window = TimeSpan.FromMinutes(5) }));
    }

    [Fact]
    public void Texts_are_counted_but_have_no_average()
    {
        RuleDefinition Of(Aggregate aggregate) =>
            Rules.All(Rules.Over(aggregate, RuleOperator.GreaterThan, 7, "state")) with
            {
                Window = TimeSpan.FromMinutes(5),
            };

        Assert.Empty(Paths(Of(Aggregate.Count)));
        Assert.Equal(["conditions[0].aggregate"], Paths(Of(Aggregate.Average)));
    }

    [Fact]
    public void An_event_has_no_hold_time()
    {
        var definition = Rules.All(new TelemetryCondition { Name = "state", Operator = RuleOperator.Any });

        Assert.Empty(Paths(definition));
        Assert.Equal(["hold"], Paths(definition with { Hold = TimeSpan.FromMinutes(1) }));
    }

    [Fact]
    public void A_web_address_carries_no_password()
    {
        var definition = Rules.All(Rules.Above(7)) with
        {
            Actions = [new WebhookAction { Url = "https://user:secret@hooks.example/" }],
        };

        Assert.Equal(["actions[0].url"], Paths(definition));
    }

    [Theory]
    [InlineData("a@b.example", true)]
    [InlineData("a.b+c@sub.b.example", true)]
    [InlineData("Anna <a@b.example>", false)]
    [InlineData("a@b.example,c@d.example", false)]
    [InlineData("a@b.example\n", false)]
    [InlineData("@b.example", false)]
    [InlineData("a@", false)]
    [InlineData("", false)]
    public void An_address_is_a_bare_one(string text, bool isAddress) =>
        Assert.Equal(isAddress, Recipients.IsAddress(text));

    [Theory]
    [InlineData("{managerEmail}", "managerEmail")]
    [InlineData("{}", null)]
    [InlineData("{a}{b}", null)]
    [InlineData("x{a}", null)]
    public void A_placeholder_is_the_whole_entry(string text, string? property) =>
        Assert.Equal(property, Recipients.PropertyIn(text));

    [Fact]
    public void Addresses_in_a_property_are_taken_one_by_one_and_bad_ones_told()
    {
        var properties = Judged.Of((PropertySource.Cloud, "managerEmail", "a@b.example; nonsense, A@b.example"));

        var found = Recipients.Resolve("{managerEmail}", properties, out var fault);

        Assert.Equal(["a@b.example"], found);
        Assert.NotNull(fault);
    }
}
