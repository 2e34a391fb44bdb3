from __future__ import annotations

from django.urls import path

from booking.views import (
    appointments,
    attend,
    availability,
    choose,
    clinic,
    confirm,
    day,
    moving,
    sharing,
    time_off,
)

app_name = "booking"

urlpatterns = [
    path("book/<slug:doctor_slug>/times/", choose.slot_picker, name="slot_picker"),
    path("book/<slug:doctor_slug>/confirm/", confirm.confirm, name="confirm"),
    path("appointments/", appointments.appointment_list, name="appointment_list"),
    path("appointments/<uuid:appointment_id>/", appointments.appointment_detail, name="appointment_detail"),
    path("appointments/<uuid:appointment_id>/cancel/", appointments.cancel, name="cancel"),
    path("appointments/<uuid:appointment_id>/move/", moving.move, name="move"),
    path("appointments/<uuid:appointment_id>/move/confirm/", moving.move_confirm, name="move_confirm"),
    path("appointments/<uuid:appointment_id>/arrive/", attend.arrive, name="arrive"),
    path("appointments/<uuid:appointment_id>/unarrive/", attend.unarrive, name="unarrive"),
    path("appointments/<uuid:appointment_id>/fulfil/", attend.fulfil, name="fulfil"),
    path("appointments/<uuid:appointment_id>/missed/", attend.noshow, name="noshow"),
    path("appointments/<uuid:appointment_id>/missed/correct/", attend.correct_noshow, name="correct_noshow"),
    path("appointments/<uuid:appointment_id>/error/", attend.enter_in_error, name="enter_in_error"),
    path("appointments/<uuid:appointment_id>/calendar.ics", appointments.calendar_file, name="calendar_file"),
    path("appointments/<uuid:appointment_id>/share/", sharing.share, name="share"),
    path("appointments/<uuid:appointment_id>/share/<uuid:share_id>/revoke/", sharing.unshare, name="unshare"),
    path("appointments/shares/<uuid:share_id>/accept/", sharing.share_accept, name="share_accept"),
    path("appointments/shares/<uuid:share_id>/decline/", sharing.share_decline, name="share_decline"),
    path("clinic/", clinic.clinics, name="clinics"),
    path("clinic/<slug:location_slug>/", clinic.clinic_day, name="clinic_day"),
    path("my-day/", day.day, name="day"),
    path("my-day/notices/read/", day.notices_read, name="notices_read"),
    path("my-day/appointments/<uuid:appointment_id>/approve/", day.approve, name="approve"),
    path("my-day/appointments/<uuid:appointment_id>/reject/", day.reject, name="reject"),
    path("availability/", availability.availability, name="availability"),
    path("availability/rules/add/", availability.add_rule, name="rule_add"),
    path("availability/rules/<uuid:rule_id>/", availability.change_rule, name="rule_change"),
    path("availability/copy/", availability.copy_day, name="day_copy"),
    path("availability/switch/", availability.switch, name="bookings_switch"),
    path("availability/rules/<uuid:rule_id>/remove/", availability.remove_rule, name="rule_remove"),
    path("availability/leave/add/", time_off.add_leave, name="leave_add"),
    path("availability/leave/<uuid:leave_id>/remove/", time_off.remove_leave, name="leave_remove"),
    path("availability/leave/<uuid:leave_id>/appointments/", time_off.leave_appointments, name="leave_appointments"),
    path("availability/extra/add/", time_off.add_extra, name="extra_add"),
    path("availability/extra/<uuid:extra_id>/remove/", time_off.remove_extra, name="extra_remove"),
    path("my-day/running-late/", time_off.running_late, name="running_late"),
    path("my-day/cancel-rest/", time_off.cancel_rest, name="cancel_rest"),
]
