using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Tests.Rules;

public sealed class PropertyTests
{
    private static readonly RuleDefinition OwnLimit = Rules.All(
        new TelemetryCondition
        {
            Name = "temperature",
            Operator = RuleOperator.GreaterThan,
            LimitProperty = "maxTemperature",
        }
    );

    private static Judged WithLimit(string limit) =>
        new(
            OwnLimit,
            facts: Judged.Fridge with
            {
                Properties = Judged.Of((PropertySource.Cloud, "maxTemperature", limit)),
            }
        );

    private static RuleDefinition Property(PropertySource source, RuleOperator op, RuleValue value) =>
        Rules.All(
            new PropertyCondition
            {
                Source = source,
                Name = "state",
                Operator = op,
                Value = value,
            }
        );

    [Fact]
    public void Each_device_has_its_own_limit_in_a_cloud_property()
    {
        var judged = WithLimit("7.5");

        judged.Temperature("10:00", 7.4).Temperature("10:01", 7.6);

        Assert.Equal("open 10:01", judged.Story);
        Assert.Equal(RuleValue.Of(7.5), judged.Transitions[0].Observations[0].Limit);
    }

    [Fact]
    public void Lowering_the_limit_opens_at_once_and_raising_it_resolves()
    {
        var judged = WithLimit("8").Temperature("10:00", 7);

        judged
            .Properties("10:01", (PropertySource.Cloud, "maxTemperature", "6"))
            .Properties("10:02", (PropertySource.Cloud, "maxTemperature", "9"));

        Assert.Equal("open 10:01 resolved 10:02", judged.Story);
    }

    [Theory]
    [InlineData("warm")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("")]
    public void A_limit_that_is_no_number_is_never_passed(string limit)
    {
        var judged = WithLimit(limit);

        judged.Temperature("10:00", 1e300);

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void A_device_without_the_property_never_fires()
    {
        var judged = new Judged(OwnLimit);

        judged.Temperature("10:00", 1e300);

        Assert.Equal("", judged.Story);
    }

    [Fact]
    public void Taking_the_limit_away_resolves()
    {
        var judged = WithLimit("6").Temperature("10:00", 7);

        judged.Properties("10:01");

        Assert.Equal("open 10:00 resolved 10:01", judged.Story);
    }

    [Fact]
    public void A_reported_property_is_judged_when_it_changes()
    {
        var judged = new Judged(Property(PropertySource.Reported, RuleOperator.Equal, RuleValue.Of("defrosting")));

        judged
            .Properties("10:00", (PropertySource.Reported, "state", "cooling"))
            .Properties("10:01", (PropertySource.Reported, "state", "defrosting"))
            .Properties("10:02", (PropertySource.Cloud, "state", "defrosting"));

        Assert.Equal("open 10:01 resolved 10:02", judged.Story);
    }

    [Theory]
    [InlineData("11", true)]
    [InlineData("9", false)]
    [InlineData("many", false)]
    public void A_cloud_property_can_be_compared_as_a_number(string stored, bool isTrue)
    {
        var judged = new Judged(Property(PropertySource.Cloud, RuleOperator.GreaterThan, RuleValue.Of(10)));

        judged.Properties("10:00", (PropertySource.Cloud, "state", stored));

        Assert.Equal(isTrue ? "open 10:00" : "", judged.Story);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void A_boolean_property_is_true_or_false(string stored, bool isTrue)
    {
        var judged = new Judged(Property(PropertySource.Reported, RuleOperator.Equal, RuleValue.Of(true)));

        judged.Properties("10:00", (PropertySource.Reported, "state", stored));

        Assert.Equal(isTrue ? "open 10:00" : "", judged.Story);
    }

    [Fact]
    public void A_reported_property_can_have_its_limit_in_a_cloud_property()
    {
        var judged = new Judged(
            Rules.All(
                new PropertyCondition
                {
                    Source = PropertySource.Reported,
                    Name = "firmware",
                    Operator = RuleOperator.NotEqual,
                    LimitProperty = "wantedFirmware",
                }
            )
        );

        judged
            .Properties(
                "10:00",
                (PropertySource.Reported, "firmware", "1.0"),
                (PropertySource.Cloud, "wantedFirmware", "1.1")
            )
            .Properties(
                "10:01",
                (PropertySource.Reported, "firmware", "1.1"),
                (PropertySource.Cloud, "wantedFirmware", "1.1")
            );

        Assert.Equal("open 10:00 resolved 10:01", judged.Story);
    }

    [Theory]
    [InlineData("DE", true)]
    [InlineData("FR", false)]
    [InlineData(null, false)]
    public void A_filter_asks_for_a_value(string? stored, bool matches)
    {
        var filter = new PropertyFilter
        {
            Source = PropertySource.Cloud,
            Name = "country",
            Value = RuleValue.Of("DE"),
        };

        Assert.Equal(matches, filter.Matches(stored));
    }

    [Theory]
    [InlineData("30", true)]
    [InlineData("10", false)]
    [InlineData("big", false)]
    [InlineData(null, false)]
    public void A_filter_can_ask_for_more_than_a_number(string? stored, bool matches)
    {
        var filter = new PropertyFilter
        {
            Name = "size",
            Operator = RuleOperator.GreaterThan,
            Value = RuleValue.Of(20),
        };

        Assert.Equal(matches, filter.Matches(stored));
    }

    [Fact]
    public void A_filter_for_another_value_lets_devices_without_any_through()
    {
        var filter = new PropertyFilter
        {
            Name = "kind",
            Operator = RuleOperator.NotEqual,
            Value = RuleValue.Of("freezer"),
        };

        Assert.True(filter.Matches(null));
    }
}
