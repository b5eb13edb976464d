using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>A device as somebody wants it to be.</summary>
public sealed record NewDevice
{
    private const int MaxName = 148;

    public required string Id { get; init; }

    /// <summary>At most 148 characters; null or empty: the id.</summary>
    public string? Name { get; init; }

    /// <summary>Template's DTMI; null: unassigned.</summary>
    public string? TemplateId { get; init; }
    public bool IsBlocked { get; init; }
    public bool IsSimulated { get; init; }
    public int OrganizationId { get; init; } = Application.RootOrganization;

    internal Device Make(TenantId tenant, DateTimeOffset now)
    {
        var name = string.IsNullOrWhiteSpace(Name) ? Id : Name.Trim();
        Check(Id, name);
        return new Device
        {
            TenantId = tenant,
            Id = Id,
            Name = name,
            TemplateId = string.IsNullOrEmpty(TemplateId) ? null : TemplateId,
            IsBlocked = IsBlocked,
            IsSimulated = IsSimulated,
            OrganizationId = OrganizationId,
            CreatedAt = now,
        };
    }

    /// <exception cref="InvalidRequestException"><c>device.invalid</c> with every fault.</exception>
    internal static void Check(string id, string name)
    {
        var faults = new List<Fault>();
        if (!DeviceId.IsLegal(id))
            faults.Add(
                new("id", "A device id has 1 to 128 characters: letters, digits and - : . + % _ # * ? ! ( ) , = @ $ '")
            );
        if (name.Length is 0 or > MaxName)
            faults.Add(new("name", $"A name has 1 to {MaxName} characters."));
        if (name.Any(char.IsControl))
            faults.Add(new("name", "A name has no control characters."));
        if (faults.Count > 0)
            throw new InvalidRequestException("device.invalid", faults);
    }
}
