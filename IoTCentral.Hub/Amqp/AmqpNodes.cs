using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Amqp;

/// <summary>Leads each link to what it is for, by its address (contract §3.3, §5).</summary>
internal sealed class AmqpNodes(
    DeviceSignIn signIn,
    RegistrantCheck registrants,
    HubServices hub,
    ILogger<AmqpNodes> logger
)
{
    public DeviceSignIn SignIn => signIn;
    public RegistrantCheck Registrants => registrants;
    public HubServices Hub => hub;
    public ILogger Logger => logger;

    /// <summary>Opens or refuses it, perhaps later; never throws.</summary>
    public void Open(AmqpLink link)
    {
        var connection = link.Channel.Connection;
        switch (link.Address)
        {
            case null:
                link.Refuse(AmqpErrors.NotFound, "There is nothing at this address of the hub.");
                break;
            case { Kind: LinkKind.Cbs }:
                connection.Cbs.Open(link);
                break;
            case { Kind: LinkKind.Registration }:
                _ = OpenAsync(link, connection.Registration.OpenAsync);
                break;
            default:
                _ = OpenAsync(link, connection.Devices.OpenAsync);
                break;
        }
    }

    private async Task OpenAsync(AmqpLink link, Func<AmqpLink, Task> open)
    {
        try
        {
            await open(link);
        }
        catch (Exception e)
        {
            Failed(link.Channel.Connection, e);
            link.Refuse(AmqpErrors.Timeout, Unavailable);
        }
    }

    /// <summary>What is said when storage is away.</summary>
    public const string Unavailable = "Storage cannot be reached at the moment. Try again shortly.";

    /// <summary>Something could not be done, which the server's log says unless it is the database's absence.</summary>
    public void Failed(AmqpConnection connection, Exception e)
    {
        if (e is not UnavailableException && !connection.Ended.IsCancellationRequested)
            logger.LogWarning(e, "A request by AMQP from {Address} could not be answered.", connection.Address);
    }
}
