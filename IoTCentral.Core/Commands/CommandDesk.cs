using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Commands;

/// <summary>
/// Runs commands on devices: as direct methods, or, where the template lets a command wait for a device that is offline,
/// as messages to it. Each is kept with its answer.
/// </summary>
public sealed class CommandDesk(
    ICommandStore store,
    Identities identities,
    TemplateCatalog templates,
    IDeviceLink link,
    CloudMessages messages,
    ChangeFeed changes,
    TimeProvider time
)
{
    // How long IoT Central lets a command wait for its device.
    private static readonly TimeSpan Offline = TimeSpan.FromHours(24);

    // Ends with the program, not with whoever asked: an answer that came is kept.
    private static readonly CancellationToken Always = CancellationToken.None;

    /// <summary>Runs a command and waits for the device's answer, or puts it in the device's queue.</summary>
    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>command.unknown</c>.</exception>
    /// <exception cref="InvalidRequestException"><c>command.invalid</c>.</exception>
    /// <exception cref="CommandException">The device was not reached or did not answer; the call is kept all the same.</exception>
    public async Task<CommandCall> RunAsync(Caller caller, IdentityId id, CommandRequest command, CancellationToken ct)
    {
        caller.Demand(Permission.ExecuteCommands);
        var device = await identities.GetAsync(caller.Tenant, id, ct);
        var capability = await CapabilityAsync(device, command.Path, ct);
        if (CommandCheck.Find(command, capability) is { Count: > 0 } faults)
            throw new InvalidRequestException("command.invalid", faults);

        var now = time.GetUtcNow();
        var call = new CommandCall
        {
            Id = Guid.CreateVersion7(now),
            DeviceKey = device.Key,
            Component = command.Path.Component,
            Name = command.Path.Name,
            Request = command.Request,
            State = capability?.IsDurable == true ? CommandState.Queued : CommandState.Sent,
            CalledAt = now,
            CalledBy = caller.Actor.Name,
            ConnectSeconds = (int)command.ConnectTimeout.TotalSeconds,
            ResponseSeconds = (int)command.ResponseTimeout.TotalSeconds,
        };
        var audit = caller.Audit(
            "device.command",
            device.Id.ToString(),
            device.Name,
            after: new JsonObject { ["command"] = command.Path.ToString() }.ToJsonString()
        );
        await store.AddAsync(caller.Tenant, call, audit, ct);
        Tell(device);
        return call.State == CommandState.Queued
            ? await QueueAsync(caller, device, call, ct)
            : await CallAsync(device, call, command, ct);
    }

    /// <summary>Newest first; <paramref name="path"/> null: of all commands of the device.</summary>
    public async Task<Page<CommandCall>> ListAsync(
        Caller caller,
        IdentityId id,
        CapabilityPath? path,
        (string? After, int Limit) page,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        var device = await identities.GetAsync(caller.Tenant, id, ct);
        return await store.ListAsync(caller.Tenant, device.Key, path, page, ct);
    }

    private async Task<CommandCall> CallAsync(
        Identity device,
        CommandCall call,
        CommandRequest command,
        CancellationToken ct
    )
    {
        MethodAnswer? answer = null;
        try
        {
            answer = device.IsSimulated
                ? Simulated
                : await link.CallAsync(device.TenantId, device.Key, Method(command), ct);
        }
        finally
        {
            call = Ended(call, answer);
            await EndAsync(device, call);
        }

        return answer.Outcome == MethodOutcome.Answered ? call : throw CommandException.Of(answer.Outcome);
    }

    private async Task EndAsync(Identity device, CommandCall ended)
    {
        await store.EndAsync(device.TenantId, ended, Always);
        Tell(device);
    }

    private void Tell(Identity device) =>
        changes.Publish(new(device.TenantId, ChangeKind.Command, device.Key, device.Id.Device));

    /// <param name="answer">Null: whoever asked has left before it came.</param>
    private CommandCall Ended(CommandCall call, MethodAnswer? answer) =>
        call with
        {
            State = answer?.Outcome == MethodOutcome.Answered ? CommandState.Answered : CommandState.Failed,
            ResponseCode = answer?.Outcome == MethodOutcome.Answered ? answer.Status : null,
            Response = answer is null ? null : TextOf(answer.Payload.Span),
            Failure = answer?.Outcome switch
            {
                MethodOutcome.Answered => null,
                { } outcome => CommandException.Of(outcome).Code,
                null => "command.given-up",
            },
            EndedAt = time.GetUtcNow(),
        };

    /// <summary>IoT Central's offline command: the name is a property, the body is the request as it is.</summary>
    private async Task<CommandCall> QueueAsync(Caller caller, Identity device, CommandCall call, CancellationToken ct)
    {
        var message = new NewCloudMessage
        {
            MessageId = call.Id.ToString(),
            Properties = new Dictionary<string, string?>
            {
                ["method-name"] = MethodName(new(call.Component, call.Name)),
            },
            // a lone @ is how IoT Central says that there is no request
            Body = Encoding.UTF8.GetBytes(call.Request ?? "@"),
            TimeToLive = Offline,
        };
        try
        {
            await messages.SendAsync(caller, device.Id, message, ct);
            return call;
        }
        catch (DomainException e)
        {
            var failed = call with { State = CommandState.Failed, Failure = e.Code, EndedAt = time.GetUtcNow() };
            await EndAsync(device, failed);
            throw;
        }
    }

    private static MethodCall Method(CommandRequest command) =>
        // Microsoft's SDKs read the payload as JSON, which nothing at all is not
        new(MethodName(command.Path), Encoding.UTF8.GetBytes(command.Request ?? "null"))
        {
            ConnectTimeout = command.ConnectTimeout,
            ResponseTimeout = command.ResponseTimeout,
        };

    private static string MethodName(CapabilityPath path) =>
        path.Component.Length == 0 ? path.Name : $"{path.Component}*{path.Name}";

    /// <summary>A simulated device does what it is told, and has nothing to say about it.</summary>
    private static MethodAnswer Simulated { get; } = new(MethodOutcome.Answered, 200, default);

    /// <summary>An answer as JSON; what is none is kept as a text.</summary>
    private static string? TextOf(ReadOnlySpan<byte> payload)
    {
        var text = Encoding.UTF8.GetString(payload);
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            return JsonNode.Parse(text)?.ToJsonString() ?? "null";
        }
        catch (JsonException)
        {
            return JsonValue.Create(text.Replace('\0', '\uFFFD')).ToJsonString();
        }
    }

    /// <summary>Null: the device has no template, and any command may be tried.</summary>
    private async Task<Capability?> CapabilityAsync(Identity device, CapabilityPath path, CancellationToken ct)
    {
        if (await templates.FindAsync(device.TenantId, device.TemplateId, ct) is not { } template)
            return null;
        return template.Find(path.Component, path.Name) is { Kind: CapabilityKind.Command } command
            ? command
            : throw new NotFoundException(
                "command.unknown",
                $"The template of the device '{device.Id}' has no command '{path}'."
            );
    }
}
