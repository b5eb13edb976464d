using IoTCentral.Core.Devices;
using IoTCentral.Web.Features.Devices;

namespace IoTCentral.Web.Tests.Devices;

public sealed class DeviceConditionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private static Device Device(Presence? presence = null) =>
        new()
        {
            TenantId = new(1),
            Id = "dairy-1",
            Name = "Dairy 1",
            CreatedAt = Now.AddDays(-1),
            Presence = presence ?? Presence.Never,
        };

    [Fact]
    public void A_device_that_never_came_is_not_called_silent() =>
        Assert.Equal(DeviceCondition.Never, DeviceConditions.Of(Device(), Now));

    [Fact]
    public void A_device_that_was_there_is_away_at_first_and_silent_later()
    {
        var device = Device(new() { LastMessageAt = Now });

        Assert.Equal(DeviceCondition.Away, DeviceConditions.Of(device, Now.AddMinutes(14)));
        Assert.Equal(DeviceCondition.Silent, DeviceConditions.Of(device, Now.AddMinutes(15)));
    }

    [Fact]
    public void Blocked_counts_more_than_connected() =>
        Assert.Equal(DeviceCondition.Blocked, DeviceConditions.Of(Device(new() { IsConnected = true }).Block(), Now));

    [Fact]
    public void A_device_that_waits_for_approval_is_not_called_offline_and_who_turns_it_away_blocks_it()
    {
        var waiting = Device() with { Status = ProvisioningStatus.Waiting };

        Assert.Equal(DeviceCondition.Waiting, DeviceConditions.Of(waiting, Now));
        Assert.Equal(DeviceCondition.Blocked, DeviceConditions.Of(waiting.Block(), Now));
    }

    [Fact]
    public void A_simulated_device_runs_while_it_speaks()
    {
        var simulated = Device() with { IsSimulated = true };

        Assert.Equal(DeviceCondition.Running, DeviceConditions.Of(simulated, Now, Now.AddSeconds(-30)));
        Assert.Equal(DeviceCondition.Away, DeviceConditions.Of(simulated, Now, Now.AddMinutes(-3)));
    }

    [Fact]
    public void The_newer_of_what_is_stored_and_what_was_heard_counts()
    {
        var device = Device(new() { LastMessageAt = Now.AddMinutes(-1) });

        Assert.Equal(Now, DeviceConditions.LastHeard(device, Now));
        Assert.Equal(Now.AddMinutes(-1), DeviceConditions.LastHeard(device, Now.AddHours(-1)));
    }
}
