using IoTCentral.Core.Outbox;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Tests.Outbox;

public sealed class RetryPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_wait_is_twice_the_one_before_up_to_half_an_hour()
    {
        var waits = Enumerable.Range(1, 10).Select(n => RetryPlan.DelayAfter(n, chance: 0.5).TotalSeconds);

        Assert.Equal([15, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800], waits);
    }

    [Fact]
    public void What_failed_together_does_not_come_back_together()
    {
        Assert.Equal(45, RetryPlan.DelayAfter(3, chance: 0).TotalSeconds);
        Assert.Equal(75, RetryPlan.DelayAfter(3, chance: 1).TotalSeconds);
    }

    [Fact]
    public void After_a_day_it_is_given_up_with_the_last_reason()
    {
        var message = new OutboxMessage
        {
            TenantId = new TenantId(1),
            Id = Guid.Empty,
            Key = "k",
            Kind = OutboxKind.Email,
            Target = "a@b.example",
            Payload = "{}",
            CreatedAt = Start,
            Attempts = 40,
        };

        var early = RetryPlan.AfterFailure(message, "busy", Start.AddHours(23), chance: 0.5);
        var late = RetryPlan.AfterFailure(message, "busy", Start.AddHours(23.8), chance: 0.5);

        Assert.Equal(
            (OutboxStatus.Pending, Start.AddHours(23.5), "busy"),
            (early.Status, early.NextAttemptAt, early.LastError)
        );
        Assert.Equal((OutboxStatus.Failed, "Given up after a day. busy"), (late.Status, late.LastError));
    }
}
