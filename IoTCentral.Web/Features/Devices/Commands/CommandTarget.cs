using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Devices.Commands;

/// <summary>A device, and what its template says of a command that it knows.</summary>
public sealed record CommandTarget(Device Device, Capability Command);
