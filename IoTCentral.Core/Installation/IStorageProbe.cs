namespace IoTCentral.Core.Installation;

/// <summary>Tells whether the database answers.</summary>
public interface IStorageProbe
{
    /// <summary>False when it refuses or does not answer within two seconds.</summary>
    Task<bool> AnswersAsync(CancellationToken ct);
}
