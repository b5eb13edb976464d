using System.Globalization;
using IoTCentral.Core.Common;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Rules;

/// <summary>Rules as JSON and in plain words.</summary>
public sealed class RuleWordsTests
{
    private static string Sentence(RuleDefinition definition) =>
        new RuleSentence(new RuleVocabulary(RuleCheckTests.Fridge), RuleTexts.English).Of(definition);

    [Fact]
    public void A_rule_reads_like_a_sentence()
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
            Conditions = [Rules.Over(Aggregate.Average, RuleOperator.GreaterThan, 7.5)],
            Window = TimeSpan.FromMinutes(5),
            Hold = TimeSpan.FromMinutes(90),
        };

        Assert.Equal(
            "For Fridge where kind is dairy, when average Temperature over 5 min is above 7.5 °C and stays so for 1 h 30 min.",
            Sentence(definition)
        );
    }

    [Fact]
    public void Every_kind_of_condition_has_its_words()
    {
        var definition = Rules.Any(
            new TelemetryCondition { Name = "temperature", LimitProperty = "maxTemperature" },
            Rules.Is("door", RuleOperator.Equal, RuleValue.Of(true)),
            new TelemetryCondition { Name = "state", Operator = RuleOperator.Any },
            new PropertyCondition
            {
                Name = "firmware",
                Operator = RuleOperator.NotEqual,
                Value = RuleValue.Of("1.1"),
            },
            new SilenceCondition { For = TimeSpan.FromMinutes(15) },
            new DisconnectedCondition { For = TimeSpan.FromDays(1) }
        );

        Assert.Equal(
            "For Fridge, when Temperature is above its own limit or Door open is true or state happens or firmware is not 1.1"
                + " or there is no message for 15 min or it is disconnected for 1 d.",
            Sentence(definition)
        );
    }

    [Fact]
    public void Every_operator_and_aggregate_has_its_words()
    {
        foreach (var op in Enum.GetValues<RuleOperator>())
            Assert.NotEqual($"Operator_{op}", RuleTexts.English[$"Operator_{op}"]);
        foreach (
            var aggregate in new[]
            {
                Aggregate.Average,
                Aggregate.Minimum,
                Aggregate.Maximum,
                Aggregate.Sum,
                Aggregate.Count,
            }
        )
            Assert.NotEqual($"Aggregate_{aggregate}", RuleTexts.English[$"Aggregate_{aggregate}"]);
        foreach (var severity in Enum.GetValues<Severity>())
            Assert.NotEqual($"Severity_{severity}", RuleTexts.English[$"Severity_{severity}"]);
    }

    [Theory]
    [InlineData(9.333333333, "9.3333 °C")]
    [InlineData(1234567, "1,234,567 °C")]
    [InlineData(-0.5, "-0.5 °C")]
    [InlineData(1.5e300, "1.5E+300 °C")]
    public void Numbers_are_written_for_people(double value, string expected) =>
        Assert.Equal(expected, RuleTexts.English.Value(RuleValue.Of(value), new("Temperature", "°C", null, null)));

    [Fact]
    public void Numbers_have_the_templates_decimals() =>
        Assert.Equal("9.00", RuleTexts.English.Value(RuleValue.Of(9), new("Temperature", "", 2, null)));

    [Fact]
    public void A_definition_comes_back_from_its_json()
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
            Match = RuleMatch.Any,
            Conditions =
            [
                Rules.Over(Aggregate.Count, RuleOperator.LessThanOrEqual, 3) with
                {
                    Component = "left",
                },
                new PropertyCondition
                {
                    Source = PropertySource.Reported,
                    Name = "firmware",
                    LimitProperty = "wanted",
                },
                new SilenceCondition { For = TimeSpan.FromMinutes(15) },
                new DisconnectedCondition { For = TimeSpan.FromDays(1) },
            ],
            Window = TimeSpan.FromHours(1),
            Hold = TimeSpan.FromMinutes(10),
            Hysteresis = 0.5,
            Severity = Severity.Critical,
            Actions =
            [
                new EmailAction
                {
                    Id = "a",
                    To = ["{managerEmail}"],
                    Note = "Ünïcode",
                    OnResolve = true,
                },
                new WebhookAction
                {
                    Id = "b",
                    Url = "https://hooks.example/",
                    HasSecret = true,
                    NewSecret = "never written",
                },
            ],
        };

        var json = RuleJson.Write(definition);
        var read = RuleJson.ReadDefinition(json);

        Assert.Equal(json, RuleJson.Write(read));
        Assert.Equal(definition.Conditions, read.Conditions);
        Assert.Contains("\"window\":\"PT1H\"", json);
        Assert.DoesNotContain("never written", json);
    }

    [Fact]
    public void The_order_of_members_does_not_matter_since_jsonb_sorts_them()
    {
        var read = RuleJson.ReadDefinition("""{"conditions":[{"for":"PT15M","kind":"noMessageFor"}]}""");

        Assert.Equal(new SilenceCondition { For = TimeSpan.FromMinutes(15) }, Assert.Single(read.Conditions));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"conditions":null}""")]
    [InlineData("""{"conditions":[null]}""")]
    [InlineData("""{"conditions":[{"kind":"telepathy"}]}""")]
    [InlineData("""{"conditions":[{"kind":"telemetry"}]}""")]
    [InlineData("""{"conditions":[{"kind":"telemetry","name":"t","operator":"above","value":1}]}""")]
    [InlineData("""{"conditions":[{"kind":"telemetry","name":"t","value":1e999}]}""")]
    [InlineData("""{"conditions":[{"kind":"noMessageFor","for":"soon"}]}""")]
    [InlineData("""{"actions":[{"kind":"email","to":[null]}]}""")]
    public void What_is_no_rule_is_refused_and_never_throws_otherwise(string json) =>
        Assert.Equal("rule.invalid", Assert.Throws<InvalidRequestException>(() => RuleJson.ReadDefinition(json)).Code);

    [Fact]
    public void Only_what_a_rule_looks_at_makes_it_another_rule()
    {
        var rule = Rules.All(Rules.Above(7));

        Assert.True(rule.LooksAtTheSameAs(rule with { Actions = [new EmailAction()], Severity = Severity.Critical }));
        Assert.False(rule.LooksAtTheSameAs(Rules.All(Rules.Above(8))));
        Assert.False(rule.LooksAtTheSameAs(rule with { Hold = TimeSpan.FromMinutes(1) }));
    }
}
