"""Who gets what at which address: one row for every route and method (S-21). A route without a row fails the test.

Columns: route, its arguments, method, form fields, then the answer for an anonymous visitor, Rita (an agent of another
team), Ada (agent), Lena (agent and lead) and an admin who is nothing else. An answer is a status, or `login` for the
way to the sign-in page. Arguments and fields in braces are ids of the test's world: {conversation} is Ada's team's,
{theirs.conversation} is Rita's team's.
"""

from dataclasses import dataclass

PEOPLE = ("anonymous", "rita", "ada", "lena", "admin")

ROWS = """
conversations:home         | -                              | GET  | -                          | 302   302 302 302 302
conversations:list         | open                           | GET  | -                          | login 200 200 200 403
conversations:list         | nonsense                       | GET  | -                          | login 404 404 404 403
conversations:detail       | open {conversation}            | GET  | -                          | login 404 200 200 403
conversations:detail       | open {theirs.conversation}     | GET  | -                          | login 200 404 404 403
conversations:counts       | -                              | GET  | -                          | login 200 200 200 403
conversations:permalink    | {conversation}                 | GET  | -                          | login 404 302 302 403
conversations:row          | {conversation}                 | GET  | view=open                  | login 404 200 200 403
conversations:fresh        | {conversation}                 | GET  | -                          | login 404 200 200 403
conversations:reply        | {conversation}                 | POST | text=Hello                 | login 404 303 303 403
conversations:reply        | {conversation}                 | POST | text=Hello seen={theirs.message} | login 404 303 303 403
conversations:note         | {conversation}                 | POST | text=Hello                 | login 404 303 303 403
conversations:draft        | {conversation}                 | POST | mode=reply text=Hello      | login 404 303 303 403
conversations:attach       | {conversation}                 | POST | mode=note                  | login 404 303 303 403
conversations:assign       | {conversation}                 | POST | to={lena}                  | login 404 303 303 403
conversations:assign       | {conversation}                 | POST | to={rita}                  | login 404 404 404 403
conversations:priority     | {conversation}                 | POST | priority=1                 | login 404 303 303 403
conversations:status       | {conversation}                 | POST | status=spam                | login 404 303 303 403
conversations:resolve      | {conversation}                 | POST | resolution=answered        | login 404 303 303 403
conversations:snooze       | {conversation}                 | POST | until=3h                   | login 404 303 303 403
conversations:wake         | {conversation}                 | POST | -                          | login 404 303 303 403
conversations:tag          | {conversation}                 | POST | name=login                 | login 404 303 303 403
conversations:untag        | {conversation}                 | POST | name=login                 | login 404 303 303 403
conversations:read         | {conversation}                 | POST | -                          | login 404 303 303 403
conversations:new_view     | -                              | GET  | -                          | login 200 200 200 403
conversations:new_view     | -                              | POST | name=Own audience=mine group=none | login 303 303 303 403
conversations:edit_view    | 999999                         | GET  | -                          | login 404 404 404 403
conversations:delete_view  | 999999                         | POST | -                          | login 404 404 404 403
conversations:habit        | -                              | POST | after_send=next            | login 303 303 303 403
conversations:macros       | -                              | GET  | -                          | login 200 200 200 403
conversations:macros       | -                              | POST | name=Hello                 | login 303 303 303 403
conversations:macro        | 999999                         | GET  | -                          | login 404 404 404 403
conversations:delete_macro | 999999                         | POST | -                          | login 404 404 404 403
conversations:bulk         | -                              | POST | verb=spam ids={theirs.conversation} | login 303 303 303 403
conversations:bulk_undo    | -                              | POST | token=made-up              | login 400 400 400 403
translation:panel          | {conversation}                 | GET  | -                          | login 404 200 200 403
translation:panel          | {theirs.conversation}          | GET  | -                          | login 200 404 404 403
translation:translate      | {conversation}                 | POST | -                          | login 404 303 303 403
translation:draft          | {conversation}                 | POST | mode=reply text=Hello      | login 404 303 303 403
translation:own            | -                              | GET  | -                          | login 200 200 200 403
translation:own            | -                              | POST | language=de                | login 302 302 302 403
translation:inboxes        | -                              | POST | -                          | login 403 403 403 302
translation:try            | -                              | POST | -                          | login 403 403 403 302
conversations:aside        | {conversation}                 | POST | to=rui@vendor.example text=Hello | login 404 303 303 403
conversations:here         | {conversation}                 | POST | state=looking              | login 404 303 303 403
conversations:choose_macro | {conversation}                 | GET  | -                          | login 404 200 200 403
conversations:use_macro    | {conversation} 999999          | POST | -                          | login 404 404 404 403
conversations:merge        | {conversation}                 | POST | other={theirs.conversation} | login 404 400 400 403
conversations:link         | {conversation}                 | POST | other={theirs.conversation} | login 404 400 400 403
conversations:team         | {conversation}                 | POST | -                          | login 404 303 303 403
conversations:split        | {message}                      | POST | -                          | login 404 303 303 403
conversations:keep_together | {message}                     | POST | -                          | login 404 303 303 403
conversations:pictures     | {message}                      | POST | on=1                       | login 404 303 303 403
conversations:undo         | {outgoing}                     | POST | -                          | login 404 302 409 403
conversations:retry        | {outgoing}                     | POST | -                          | login 404 302 302 403
conversations:as_sent      | {message}                      | GET  | -                          | login 404 303 303 403
conversations:download     | {attachment}                   | GET  | -                          | login 404 303 303 403
conversations:download     | {drafted}                      | GET  | -                          | login 404 303 404 403
conversations:preview      | {attachment}                   | GET  | -                          | login 404 200 200 403
conversations:preview      | {drafted}                      | GET  | -                          | login 404 200 404 403
conversations:detach       | {drafted}                      | POST | -                          | login 404 303 404 403
conversations:detach       | {attachment}                   | POST | -                          | login 404 404 404 403
conversations:reveal       | {secret}                       | POST | reason=Casey+asked         | login 404 200 200 403
answers:diagnosis          | {conversation}                 | GET  | -                          | login 404 200 200 403
answers:suggestion         | {conversation}                 | GET  | -                          | login 404 200 200 403
answers:insert             | {suggestion}                   | POST | -                          | login 404 302 302 403
answers:dismiss            | {suggestion}                   | POST | reason=wrong               | login 404 302 302 403
intake:hook                | no-such-inbox                  | POST | -                          | 404   404 404 404 404
ask:front                  | -                              | GET  | -                          | 302   302 302 302 302
ask:embed_script           | -                              | GET  | -                          | 200   200 200 200 200
ask:choose                 | no-such-form                   | GET  | -                          | 404   404 404 404 404
ask:ask                    | no-such-form question          | GET  | -                          | 404   404 404 404 404
ask:ask                    | no-such-form question          | POST | text=Hello                 | 404   404 404 404 404
ask:answers                | no-such-form question          | POST | text=Hello                 | 404   404 404 404 404
ask:receipt                | made-up                        | GET  | -                          | 404   404 404 404 404
ask:confirm                | made-up                        | GET  | -                          | 404   404 404 404 404
ask:confirm                | made-up                        | POST | -                          | 404   404 404 404 404
ask:inbox                  | 999999                         | GET  | -                          | login 403 403 403 404
ask:mine                   | -                              | GET  | -                          | 200   200 200 200 200
ask:mine                   | -                              | POST | email=who@contact.example  | 200   200 200 200 200
ask:look                   | made-up                        | GET  | -                          | 404   404 404 404 404
ask:look                   | made-up                        | POST | -                          | 404   404 404 404 404
intake:hook                | no-such-inbox                  | GET  | -                          | 404   404 404 404 404
intake:original            | {message}                      | GET  | -                          | login 404 200 200 200
intake:quarantine          | -                              | GET  | -                          | login 200 200 200 403
intake:quarantined         | {item}                         | GET  | -                          | login 404 200 200 403
intake:release             | {item}                         | POST | -                          | login 404 302 302 403
quality:index              | -                              | GET  | -                          | login 403 403 200 403
quality:draw               | -                              | POST | count=0                    | login 403 403 302 403
quality:mine               | -                              | GET  | -                          | login 200 200 200 403
quality:sample             | 999999                         | GET  | -                          | login 404 404 404 403
quality:sample             | 999999                         | POST | words=Fine                 | login 404 404 404 403
quality:seen               | 999999                         | POST | -                          | login 404 404 404 403
quality:put_back           | 999999                         | POST | -                          | login 403 403 404 403
quality:settings           | -                              | GET  | -                          | login 403 403 200 403
quality:settings           | -                              | POST | -                          | login 403 403 422 403
thanks:wall                | -                              | GET  | -                          | login 200 200 200 403
thanks:hide                | 999999                         | POST | -                          | login 404 404 404 403
thanks:stop                | made-up-token                  | GET  | -                          | 404   404 404 404 404
thanks:stop                | made-up-token                  | POST | -                          | 404   404 404 404 404
thanks:panel               | {conversation}                 | GET  | -                          | login 404 204 204 403
thanks:week                | -                              | GET  | -                          | login 200 200 200 403
thanks:week_markdown       | -                              | GET  | -                          | login 200 200 200 403
thanks:week_csv            | -                              | GET  | -                          | login 200 200 200 403
surveys:results            | -                              | GET  | -                          | login 403 403 200 403
surveys:csv                | -                              | GET  | -                          | login 403 403 200 403
surveys:settings           | -                              | GET  | -                          | login 403 403 200 200
surveys:settings           | -                              | POST | wait_hours=0               | login 403 403 422 422
surveys:rate               | made-up-token                  | GET  | -                          | 404   404 404 404 404
surveys:rate               | made-up-token                  | POST | -                          | 404   404 404 404 404
ledger:page                | -                              | GET  | -                          | login 403 403 200 200
ledger:check               | -                              | POST | -                          | login 403 403 302 302
ledger:state               | -                              | GET  | -                          | login 403 403 200 200
ledger:sample              | -                              | GET  | -                          | login 403 403 302 302
ledger:sampled             | {sampled}                      | GET  | -                          | login 403 403 200 200
ledger:sampled             | {theirs.sampled}               | GET  | -                          | login 403 403 404 404
ledger:judge               | {sampled}                      | POST | verdict=right              | login 403 403 302 302
ledger:judge               | {theirs.sampled}               | POST | verdict=right              | login 403 403 404 404
answers:beside             | {conversation}                 | GET  | -                          | login 404 200 200 403
answers:beside             | {theirs.conversation}          | GET  | -                          | login 200 404 404 403
answers:sort               | {conversation}                 | POST | -                          | login 404 302 302 403
answers:change_sorting     | {conversation}                 | GET  | -                          | login 404 200 200 403
answers:correct_sorting    | {conversation} topic           | POST | value=login                | login 404 302 302 403
answers:set_precision      | -                              | POST | target=0.9                 | login 403 403 302 403
answers:catalogue          | -                              | GET  | -                          | login 403 403 200 403
answers:new_entry          | -                              | GET  | -                          | login 403 403 200 403
answers:new_entry          | -                              | POST | id=x                       | login 403 403 422 403
answers:entry              | npm-otp-required               | GET  | -                          | login 403 403 200 403
answers:entry              | npm-otp-required               | POST | id=npm-otp-required        | login 403 403 422 403
answers:drop_entry         | no-such-entry                  | POST | -                          | login 403 403 404 403
answers:draft              | {suggestion}                   | POST | -                          | login 404 302 302 403
answers:ask                | {conversation}                 | POST | -                          | login 404 302 302 403
answers:helped             | made-up-token                  | GET  | -                          | 404   404 404 404 404
answers:helped             | made-up-token                  | POST | -                          | 404   404 404 404 404
answers:report             | -                              | GET  | -                          | login 403 403 200 403
answers:usage              | -                              | GET  | by=engine                  | login 403 403 200 403
answers:replay             | -                              | GET  | -                          | login 403 403 200 403
answers:start_replay       | -                              | POST | since=2026-01-01           | login 403 403 302 403
answers:decide             | -                              | POST | inbox={inbox} case=INS-01 mode=off reason=Too+often+wrong | login 403 403 302 403
answers:decide             | -                              | POST | inbox={theirs.inbox} case=INS-01 mode=off reason=Too+often+wrong | login 403 403 404 403
search:results             | -                              | GET  | q=publish                  | login 200 200 200 403
search:palette             | -                              | GET  | q=publish                  | login 200 200 200 403
inboxes:outbox             | -                              | GET  | -                          | login 403 403 403 200
inboxes:mail               | {mail}                         | GET  | -                          | login 403 403 403 200
inboxes:raw                | {mail}                         | GET  | -                          | login 403 403 403 200
settings_index             | -                              | GET  | -                          | login 200 200 200 200
sla:settings               | -                              | GET  | -                          | login 403 403 200 200
sla:save_calendar          | -                              | POST | zone=UTC day_0=9-17        | login 403 403 302 302
sla:save_targets           | -                              | POST | first_3=4+h                | login 403 403 302 302
sla:panel                  | {conversation}                 | GET  | -                          | login 404 204 204 403
sla:pause                  | {conversation}                 | POST | reason=incident            | login 404 303 303 403
sla:resume                 | {conversation}                 | POST | -                          | login 404 303 303 403
notifications:index        | -                              | GET  | -                          | login 200 200 200 403
notifications:bell         | -                              | GET  | -                          | login 200 200 200 403
notifications:read_all     | -                              | POST | -                          | login 302 302 302 403
notifications:open         | 999999                         | POST | -                          | login 404 404 404 403
notifications:settings     | -                              | GET  | -                          | login 200 200 200 403
notifications:settings     | -                              | POST | mail_due=hourly            | login 422 422 422 403
notifications:subscribe    | -                              | POST | endpoint=http://127.0.0.1/ | login 422 422 422 403
notifications:try_out      | -                              | POST | -                          | login 302 302 302 403
notifications:forget       | 999999                         | POST | -                          | login 404 404 404 403
notifications:manifest     | -                              | GET  | -                          | 200   200 200 200 200
notifications:service_worker | -                            | GET  | -                          | 200   200 200 200 200
notifications:offline      | -                              | GET  | -                          | 200   200 200 200 200
conversations:reviews      | -                              | GET  | -                          | login 200 200 200 403
conversations:review_panel | {conversation}                 | GET  | -                          | login 404 204 204 403
conversations:remark_review | 999999                        | POST | text=Hello                 | login 404 404 404 403
conversations:edit_review  | 999999                         | POST | words=Hello                | login 404 404 404 403
conversations:approve_review | 999999                       | POST | version=1                  | login 404 404 404 403
conversations:withdraw_review | 999999                      | POST | -                          | login 404 404 404 403
conversations:lifts        | -                              | GET  | -                          | login 403 403 200 403
conversations:lifts        | -                              | POST | user=1 case=NO             | login 403 403 422 403
paging:index               | -                              | GET  | -                          | login 200 200 200 403
paging:stand_in            | -                              | POST | user=999999                | login 422 422 422 403
paging:take_back           | 999999                         | POST | -                          | login 404 404 404 403
paging:page                | 999999                         | GET  | -                          | login 404 404 404 403
paging:answer              | 999999                         | POST | -                          | login 404 404 404 403
paging:settings            | -                              | GET  | -                          | login 403 403 200 200
paging:settings            | -                              | POST | zone=Mars                  | login 403 403 422 422
paging:keep_pager          | -                              | POST | kind=fax                   | login 403 403 422 422
paging:try_pager           | 999999                         | POST | -                          | login 403 403 404 404
shifts:shift               | -                              | GET  | -                          | login 200 200 200 403
shifts:hand_over           | -                              | POST | conversations={theirs.conversation} | login 302 422 422 403
shifts:away                | -                              | POST | until=2020-01-01T10:00     | login 422 422 422 403
shifts:hours               | -                              | POST | zone=Mars                  | login 422 422 422 403
shifts:panel               | {conversation}                 | GET  | -                          | login 404 204 204 403
practice:index             | -                              | GET  | -                          | login 200 200 200 403
practice:case              | 999999                         | GET  | -                          | login 404 404 404 403
practice:case              | 999999                         | POST | text=Hello                 | login 404 404 404 403
automation:index           | -                              | GET  | -                          | login 403 403 200 200
automation:new             | -                              | GET  | -                          | login 403 403 200 200
automation:new             | -                              | POST | name=X trigger=created     | login 403 403 422 422
automation:rule            | 999999                         | GET  | -                          | login 403 403 404 404
automation:edit            | 999999                         | GET  | -                          | login 403 403 404 404
automation:edit            | 999999                         | POST | name=X                     | login 403 403 404 404
automation:try             | 999999                         | POST | -                          | login 403 403 404 404
automation:switch          | 999999                         | POST | on=1                       | login 403 403 404 404
automation:delete          | 999999                         | POST | -                          | login 403 403 404 404
inboxes:first_run          | -                              | GET  | -                          | login 403 403 403 200
inboxes:listening          | -                              | GET  | -                          | login 403 403 403 200
inboxes:leave              | -                              | POST | -                          | login 403 403 403 302
incidents:index              | -                              | GET  | -                          | login 200 200 200 403
incidents:rail               | -                              | GET  | -                          | login 200 200 200 403
incidents:declare            | -                              | GET  | -                          | login 200 200 200 403
incidents:declare            | -                              | POST | title=Installs+fail conversation={theirs.conversation} | login 302 302 302 403
incidents:incident           | 999999                         | GET  | -                          | login 404 404 404 403
incidents:confirm            | 999999                         | POST | title=Installs+fail        | login 404 404 404 403
incidents:dismiss            | 999999                         | POST | -                          | login 404 404 404 403
incidents:update             | 999999                         | POST | text=More                  | login 404 404 404 403
incidents:attach             | 999999                         | POST | conversation={conversation} | login 404 404 404 403
incidents:detach             | 999999 {conversation}          | POST | -                          | login 404 404 404 403
incidents:facts              | 999999                         | POST | facts=More                 | login 404 404 404 403
incidents:lessons            | 999999                         | POST | lessons=More               | login 404 404 404 403
incidents:tell               | 999999                         | GET  | -                          | login 404 404 404 403
incidents:tell               | 999999                         | POST | text=More act=send         | login 404 404 404 403
incidents:take_back          | 999999 999999                  | POST | -                          | login 404 404 404 403
incidents:panel              | {conversation}                 | GET  | -                          | login 404 204 204 403
incidents:settings           | -                              | GET  | -                          | login 403 403 200 200
incidents:add_component      | -                              | POST | name=Installing position=1 target=99.9 slow_after_ms=2000 | login 403 403 302 302
incidents:component          | 999999                         | POST | name=Installing            | login 403 403 404 404
incidents:drop_component     | 999999                         | POST | -                          | login 403 403 404 404
incidents:monitor            | -                              | POST | name=grafana               | login 403 403 200 200
incidents:drop_monitor       | 999999                         | POST | -                          | login 403 403 404 404
incidents:alarm              | no-such-monitor                | POST | -                          | 404   404 404 404 404
status:page                  | -                              | GET  | -                          | 200   200 200 200 200
status:history               | -                              | GET  | -                          | 200   200 200 200 200
status:json                  | -                              | GET  | -                          | 200   200 200 200 200
status:atom                  | -                              | GET  | -                          | 200   200 200 200 200
status:incident              | 999999                         | GET  | -                          | 404   404 404 404 404
operations:health          | -                              | GET  | -                          | 503   503 503 503 503
conversations:show_covered | {message}                      | POST | -                          | login 404 404 404 403
conversations:cover_again  | {message}                      | GET  | -                          | login 404 404 404 403
conversations:uncover      | {message}                      | POST | -                          | login 404 404 404 403
conversations:seconds      | 999999                         | POST | seconds=3                  | login 204 204 204 403
privacy:revoke             | {secret}                       | GET  | -                          | login 404 404 404 403
privacy:revoke             | {secret}                       | POST | -                          | login 404 404 404 403
privacy:in_public          | {conversation}                 | GET  | -                          | login 404 200 200 403
privacy:in_public          | {theirs.conversation}          | GET  | -                          | login 200 404 404 403
privacy:hide_there         | {message}                      | POST | -                          | login 404 302 302 403
privacy:advise_there       | {message}                      | POST | -                          | login 404 302 302 403
moderation:index           | -                              | GET  | -                          | login 200 200 200 403
moderation:mine            | -                              | GET  | -                          | login 200 200 200 403
moderation:mine            | -                              | POST | avoids=hate                | login 302 302 302 403
moderation:checked_in      | 999999                         | POST | -                          | login 404 404 404 403
moderation:team            | -                              | GET  | -                          | login 200 200 200 403
moderation:detector        | -                              | GET  | -                          | login 200 200 200 403
moderation:begin_brigade   | -                              | POST | inbox={inbox} hours=24     | login 302 302 302 403
moderation:end_brigade     | 999999                         | POST | -                          | login 404 404 404 403
moderation:self_check      | -                              | POST | q0=3 q1=3 q2=3 q3=3 q4=3   | login 302 302 302 403
moderation:self_check      | -                              | POST | q0=9                       | login 422 422 422 403
moderation:case            | {case}                         | GET  | -                          | login 404 200 200 403
moderation:decide          | {case}                         | POST | choice=no_action reason=spam | login 404 302 302 403
moderation:second          | {case}                         | POST | agree=yes                  | login 404 404 404 403
moderation:lift            | {case}                         | POST | reason=spoke               | login 404 404 404 403
moderation:decide_appeal   | {case}                         | POST | outcome=upheld             | login 404 404 404 403
moderation:hand_over       | {case}                         | POST | -                          | login 404 302 302 403
moderation:remember_picture | {case} {attachment}            | POST | -                          | login 404 422 422 403
moderation:accept          | {case}                         | POST | -                          | login 404 302 302 403
moderation:report          | {message}                      | GET  | -                          | login 404 200 200 403
moderation:report          | {message}                      | POST | reason=spam                | login 404 302 302 403
moderation:care            | {conversation}                 | GET  | -                          | login 404 200 200 403
moderation:ask_care        | {conversation}                 | POST | -                          | login 404 302 302 403
moderation:take_care       | {conversation}                 | POST | -                          | login 404 404 404 403
moderation:close_care      | {conversation}                 | POST | -                          | login 404 404 404 403
moderation:settings        | -                              | GET  | -                          | login 403 403 403 200
moderation:settings        | -                              | POST | helplines=                 | login 403 403 403 302
moderation:appeal          | made-up-token                  | GET  | -                          | 404   404 404 404 404
moderation:appeal          | made-up-token                  | POST | -                          | 404   404 404 404 404
moderation:report_outside  | made-up-token                  | GET  | -                          | 404   404 404 404 404
moderation:report_outside  | made-up-token                  | POST | -                          | 404   404 404 404 404
moderation:conduct         | -                              | GET  | -                          | 200   200 200 200 200
moderation:report_json     | -                              | GET  | -                          | 200   200 200 200 200
moderation:report_csv      | -                              | GET  | -                          | 200   200 200 200 200
handles:contacts           | -                              | GET  | -                          | login 200 200 200 403
handles:contact            | {conversation.contact}                      | GET  | -                          | login 404 200 200 403
handles:contact            | {theirs.conversation.contact}               | GET  | -                          | login 200 404 404 403
handles:same               | {conversation.contact}                      | POST | other={theirs.conversation.contact}     | login 404 404 404 403
handles:same               | {conversation.contact}                      | POST | other={conversation.contact}            | login 404 400 400 403
handles:not_the_same       | {conversation.contact}                      | POST | other={theirs.conversation.contact}     | login 404 404 404 403
handles:unmerge            | 999999                         | POST | -                          | login 404 404 404 403
handles:set_organization   | {conversation.contact}                      | POST | name=Acme                  | login 404 302 302 403
handles:organization       | 999999                         | GET  | -                          | login 404 404 404 403
handles:panel              | {conversation}                 | GET  | -                          | login 404 200 200 403
handles:notice             | {conversation}                 | GET  | -                          | login 404 200 200 403
handles:settle             | {conversation} 999999 link     | POST | -                          | login 404 404 404 403
gaps:index                 | -                              | GET  | -                          | login 200 200 200 403
gaps:detail                | 999999                         | GET  | -                          | login 404 404 404 403
gaps:write                 | 999999                         | POST | -                          | login 404 404 404 403
gaps:attach                | 999999                         | POST | article={article}          | login 404 404 404 403
gaps:dismiss               | 999999                         | POST | -                          | login 404 404 404 403
savings:index              | -                              | GET  | -                          | login 200 200 200 403
savings:expected           | {article}                      | GET  | -                          | login 200 200 200 403
savings:expected           | 999999                         | GET  | -                          | login 404 404 404 403
savings:hold_out           | {article}                      | POST | act=end                    | login 403 403 302 403
savings:hold_out           | 999999                         | POST | act=begin                  | login 403 403 404 403
upkeep:index               | -                              | GET  | -                          | login 200 200 200 403
upkeep:article             | {article}                      | GET  | -                          | login 200 200 200 403
upkeep:article             | 999999                         | GET  | -                          | login 404 404 404 403
upkeep:foreseen            | {article}                      | GET  | -                          | login 200 200 200 403
upkeep:wave                | 999999                         | POST | -                          | login 404 404 404 403
upkeep:released            | -                              | POST | product=cli version=1.0    | login 302 302 302 403
knowledge:index            | -                              | GET  | -                          | login 200 200 200 403
knowledge:new              | -                              | GET  | -                          | login 200 200 200 403
knowledge:new              | -                              | POST | title=Tokens body=Text     | login 302 302 302 403
knowledge:preview          | -                              | POST | body=Text                  | login 200 200 200 403
knowledge:load_starter     | -                              | POST | -                          | login 403 403 403 302
knowledge:edit             | {article}                      | GET  | -                          | login 200 200 200 403
knowledge:save             | {article}                      | POST | title=Tokens body=Text     | login 302 302 302 403
knowledge:details          | {article}                      | POST | visibility=public slug=new-place | login 302 302 302 403
knowledge:publish          | {article}                      | POST | -                          | login 302 302 302 403
helpcenter:typing          | -                              | GET  | q=token                    | 200   200 200 200 200
helpcenter:changes         | -                              | GET  | -                          | 200   200 200 200 200
helpcenter:sitemap         | -                              | GET  | -                          | 200   200 200 200 200
helpcenter:why             | nothing-here                   | POST | why=old                    | 404   404 404 404 404
knowledge:review           | {article}                      | POST | answer=ask                 | login 302 302 302 403
knowledge:retire           | {article}                      | POST | -                          | login 403 403 302 403
knowledge:discard          | {article}                      | POST | -                          | login 302 302 302 403
knowledge:history          | {article}                      | GET  | -                          | login 200 200 200 403
knowledge:restore          | {article} {revision}           | POST | -                          | login 302 302 302 403
knowledge:restore          | {article} 999999               | POST | -                          | login 404 404 404 403
knowledge:questions        | {article}                      | GET  | -                          | login 200 200 200 403
knowledge:add_question     | {article}                      | POST | text=Why+404               | login 302 302 302 403
knowledge:remove_question  | {article} {phrasing}           | POST | -                          | login 302 302 302 403
knowledge:remove_question  | 999999 {phrasing}              | POST | -                          | login 404 404 404 403
upstream:panel             | {conversation}                 | GET  | -                          | login 404 200 200 403
upstream:panel             | {theirs.conversation}          | GET  | -                          | login 200 404 404 403
upstream:notice            | {conversation}                 | GET  | -                          | login 404 200 200 403
upstream:act               | {conversation} 999999          | POST | kind=close                 | login 404 404 404 403
upstream:inbox             | 999999                         | GET  | -                          | login 403 403 403 404
upstream:look              | {inbox.name}                   | POST | -                          | login 403 403 403 302
upstream:left              | {inbox.name}                   | GET  | -                          | login 404 200 200 403
upstream:pull_in           | 999999                         | POST | -                          | login 404 404 404 403
upstream:app               | {inbox.name}                   | GET  | -                          | login 403 403 403 302
upstream:share             | {inbox.name}                   | POST | of=nobody                  | login 403 403 403 302
upstream:check             | {inbox.name}                   | POST | -                          | login 403 403 403 302
upstream:made              | -                              | GET  | code=x state=y             | login 403 403 403 302
upstream:installed         | -                              | GET  | -                          | login 403 403 403 302
knowledge:panel            | {conversation}                 | GET  | -                          | login 404 200 200 403
inboxes:inboxes            | -                              | GET  | -                          | login 403 403 403 200
inboxes:inbox              | {inbox.name}                   | GET  | -                          | login 403 403 403 200
inboxes:inbox              | no-such-inbox                  | GET  | -                          | login 403 403 403 404
inboxes:state              | {inbox.name}                   | GET  | -                          | login 403 403 403 200
inboxes:dns                | {inbox.name}                   | GET  | -                          | login 403 403 403 200
inboxes:test               | {inbox.name}                   | POST | -                          | login 403 403 403 302
inboxes:add                | email                          | GET  | -                          | login 403 403 403 302
inboxes:add                | email                          | POST | inbox_name=x address=x@orbit.example | login 403 403 403 302
inboxes:edit               | {inbox.name}                   | GET  | -                          | login 403 403 403 302
inboxes:edit               | {inbox.name}                   | POST | address=x@orbit.example    | login 403 403 403 302
inboxes:switch             | {inbox.name}                   | POST | on=0                       | login 403 403 403 302
inboxes:connect            | {inbox.name}                   | POST | -                          | login 403 403 403 302
inboxes:links              | -                              | GET  | -                          | login 403 403 403 200
inboxes:shut               | 999999                         | POST | -                          | login 403 403 403 404
inboxes:consent_back       | -                              | GET  | code=x state=y             | login 403 403 403 302
inboxes:not_me             | made-up-token                  | GET  | -                          | 404   404 404 404 404
inboxes:not_me             | made-up-token                  | POST | -                          | 404   404 404 404 404
knowledge:propose          | {conversation}                 | POST | -                          | login 404 302 302 403
knowledge:attach           | {conversation}                 | POST | article={article}          | login 404 302 302 403
knowledge:attach           | {conversation}                 | POST | article=999999             | login 404 404 404 403
knowledge:attach           | {conversation}                 | POST | article={article} drop={article} | login 404 404 404 403
helpcenter:front           | -                              | GET  | q=publish                  | 200   200 200 200 200
helpcenter:read            | -                              | POST | text=npm+error+code+E404   | 200   200 200 200 200
helpcenter:topic           | {category.slug}                | GET  | -                          | 200   200 200 200 200
helpcenter:article         | {article.slug}                 | GET  | -                          | 200   200 200 200 200
helpcenter:vote            | {article.slug}                 | POST | answer=yes                 | 302   302 302 302 302
helpcenter:missing         | any/where/else                 | GET  | -                          | 404   404 404 404 404
account_login              | -                              | GET  | -                          | 200   302 302 302 302
account_login              | -                              | POST | login=ada@orbit.example password=wrong | 200 302 302 302 302
account_logout             | -                              | GET  | -                          | 302   200 200 200 200
account_logout             | -                              | POST | -                          | 302   302 302 302 302
account_inactive           | -                              | GET  | -                          | 200   200 200 200 200
account_reauthenticate     | -                              | GET  | -                          | login 403 403 403 403
account_reauthenticate     | -                              | POST | password=wrong             | login 403 403 403 403
account_change_password    | -                              | GET  | -                          | login 302 302 302 302
account_change_password    | -                              | POST | oldpassword=wrong          | login 302 302 302 302
account_set_password       | -                              | GET  | -                          | login 200 200 200 200
account_set_password       | -                              | POST | password1=short            | login 200 200 200 200
account_set_password       | -                              | PUT  | password1=short            | login 200 200 200 200
account_reset_password     | -                              | GET  | -                          | 200   200 200 200 200
account_reset_password     | -                              | POST | email=nobody@orbit.example | 302   302 302 302 302
account_reset_password     | -                              | PUT  | -                          | 200   200 200 200 200
account_reset_password_done | -                             | GET  | -                          | 200   200 200 200 200
account_reset_password_from_key_done | -                    | GET  | -                          | 200   200 200 200 200
escalations:panel          | {conversation}                 | GET  | -                          | login 404 200 200 403
escalations:ask            | {conversation}                 | GET  | -                          | login 404 200 200 403
escalations:ask            | {conversation}                 | POST | kind=question summary=Why  | login 404 422 422 403
escalations:withdraw       | 999999                         | POST | -                          | login 404 404 404 403
escalations:use            | 999999                         | POST | -                          | login 404 404 404 403
escalations:article        | 999999                         | POST | -                          | login 404 404 404 403
escalations:choose_problem | {conversation}                 | GET  | -                          | login 404 200 200 403
escalations:choose_problem | {conversation}                 | POST | title=Slow                 | login 404 302 302 403
escalations:leave_problem  | {conversation}                 | POST | -                          | login 404 302 302 403
escalations:use_told       | {conversation}                 | POST | -                          | login 404 302 302 403
escalations:problems       | -                              | GET  | -                          | login 200 200 200 403
escalations:accept_problem | -                              | POST | signature=none             | login 302 302 302 403
escalations:problem        | 999999                         | GET  | -                          | login 404 404 404 403
escalations:problem_issue  | 999999                         | POST | place=orbit/cli            | login 404 404 404 403
escalations:engineers      | -                              | GET  | -                          | login 403 403 200 200
escalations:add_engineer   | -                              | GET  | -                          | login 403 403 200 200
escalations:add_engineer   | -                              | POST | name=Rui email=rui@build.example zone=UTC budget=3 | login 403 403 302 302
escalations:engineer       | 999999                         | GET  | -                          | login 403 403 404 404
escalations:engineer       | 999999                         | POST | name=Rui                   | login 403 403 404 404
escalations:owners         | -                              | POST | repository=orbit/cli       | login 403 403 302 302
escalations:forget_owners  | 999999                         | POST | -                          | login 403 403 404 404
escalations:answer         | made-up-token                  | GET  | -                          | 404   404 404 404 404
escalations:answer         | made-up-token                  | POST | text=Hello                 | 404   404 404 404 404
account_reset_password_from_key | 2 made-up-key             | GET  | -                          | 404   404 404 404 404
accounts:enter             | made-up-token                  | GET  | -                          | 404   404 404 404 404
accounts:enter             | made-up-token                  | POST | -                          | 404   404 404 404 404
accounts:me                | -                              | GET  | -                          | login 200 200 200 200
accounts:me                | -                              | POST | name=Ada                   | login 302 302 302 302
accounts:shortcuts         | -                              | POST | on=1                       | login 302 302 302 302
accounts:people            | -                              | GET  | -                          | login 403 403 403 200
accounts:add_person        | -                              | POST | name=Jo email=jo@orbit.example roles=agent | login 403 403 403 200
accounts:access            | {rita}                         | GET  | -                          | login 403 403 403 200
accounts:access            | {rita}                         | POST | roles=agent                | login 403 403 403 302
accounts:access            | 999999                         | GET  | -                          | login 403 403 403 404
accounts:new_link          | {rita}                         | POST | -                          | login 403 403 403 200
accounts:deactivate        | {lena}                         | POST | -                          | login 403 403 403 302
accounts:reactivate        | {lena}                         | POST | -                          | login 403 403 403 302
"""  # noqa: E501

ELSEWHERE = {"events:stream": "tests/security/test_s31_stream.py, on a running desk"}

CONTENT_ROWS = """
content:file | made-up-token | GET | - | 404 404 404 404 404
content:shared | made-up-token | GET | - | 404 404 404 404 404
content:mail | made-up-token | GET | - | 404 404 404 404 404
content:picture | made-up-token | GET | - | 404 404 404 404 404
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `answers` are in the order of PEOPLE."""

    route: str
    arguments: tuple[str, ...]
    method: str
    fields: tuple[tuple[str, str], ...]
    answers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {' '.join(self.arguments)} {' '.join(map('='.join, self.fields))}".strip()


def rows(table: str) -> list[Row]:
    """The table's lines. Raises ValueError for one that is not whole."""
    found = []
    for line in table.strip().splitlines():
        route, arguments, method, fields, answers = (cell.strip() for cell in line.split("|"))
        row = Row(route, words(arguments), method, pairs(fields), tuple(answers.split()))
        if len(row.answers) != len(PEOPLE):
            raise ValueError(f"{line!r} must say what each of {PEOPLE} gets.")
        found.append(row)
    return found


def words(cell: str) -> tuple[str, ...]:
    """A cell's words, `-` for none."""
    return () if cell == "-" else tuple(cell.split())


def pairs(cell: str) -> tuple[tuple[str, str], ...]:
    """A cell's fields; + stands for a space in a value."""
    return tuple((name, value.replace("+", " ")) for name, _, value in (word.partition("=") for word in words(cell)))
